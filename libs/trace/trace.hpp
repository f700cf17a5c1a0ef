// Spans: what took how long because of what, across processes (W3C Trace Context). They leave by
// OTLP over HTTP (JSON), where an address is set; without one a Span is a null pointer.
//   trace::Span span{"PlaceOrder", trace::Kind::consumer, cause.trace.traceparent};
//   span.hand_on(cause.trace.traceparent);   // what follows belongs to this span
// Thread-safe; a span belongs to whoever holds it. Nothing waits for the receiver: what it can't
// take in time is dropped and counted (trace_spans_total{outcome}).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace waybill::trace {

enum class Kind { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };  // OTLP's

// `receiver` is host:port of an OTLP/HTTP receiver (a collector: 4318); empty: none. Once, by
// runtime.
void start(const std::string& service, const std::string& receiver);
// Sends what is waiting, for at most two seconds.
void stop();
bool enabled();

class Span {
 public:
  // The child of `parent`, or the first of a new trace where that is no traceparent. One whose
  // parent was not sampled is not recorded.
  Span(std::string_view name, Kind kind, const std::string& parent);
  ~Span();  // its end
  Span(Span&&) noexcept;
  Span& operator=(Span&&) = delete;

  void rename(std::string name);
  // `key` as in OpenTelemetry's conventions: http.route, messaging.destination.name.
  void set(std::string_view key, std::string_view value);
  void failed();
  // Puts itself into `traceparent`; leaves that alone where there are no spans.
  void hand_on(std::string& traceparent) const;

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

// The traceparent of a message or request that is sent because of `present`: a further step of its
// own, or, where spans are recorded, the span that sends it.
std::string onward(const std::string& present);

}  // namespace waybill::trace
