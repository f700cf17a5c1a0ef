// What connects a request with everything that happens because of it.
#pragma once

#include <string>

namespace waybill {

struct TraceContext {
  std::string correlation_id;  // X-Correlation-ID, ce_correlationid, AMQP correlation in the logs
  std::string traceparent;     // W3C Trace Context, may be empty
};

// A correlation id of our own, for requests that bring none.
std::string new_correlation_id();

// A traceparent for the next step: same trace as `parent` with a new span id, or a new trace where
// the parent is absent or malformed (W3C Trace Context, section 3.2).
std::string child_traceparent(const std::string& parent);

}  // namespace waybill
