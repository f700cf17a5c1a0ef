#include "libs/trace/otlp.hpp"

#include <boost/json.hpp>

namespace waybill::trace {
namespace {

namespace json = boost::json;

json::object attribute(const std::string& key, const std::string& value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

std::string nanoseconds(std::chrono::system_clock::time_point at) {
  using std::chrono::duration_cast;
  return std::to_string(duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count());
}

// 00-<32: trace>-<16: span>-<2: flags>
json::object one(const Finished& span) {
  json::array attributes;
  for (const auto& [key, value] : span.attributes) attributes.push_back(attribute(key, value));
  json::object object{{"traceId", span.traceparent.substr(3, 32)},
                      {"spanId", span.traceparent.substr(36, 16)},
                      {"name", span.name},
                      {"kind", static_cast<int>(span.kind)},
                      {"startTimeUnixNano", nanoseconds(span.began)},
                      {"endTimeUnixNano", nanoseconds(span.ended)},
                      {"attributes", std::move(attributes)}};
  if (!span.parent.empty()) object["parentSpanId"] = span.parent;
  if (span.failed) object["status"] = json::object{{"code", 2}};
  return object;
}

}  // namespace

std::string to_otlp(const std::string& service, const std::vector<Finished>& spans) {
  json::array all;
  for (const Finished& span : spans) all.push_back(one(span));
  const json::object scope{{"scope", {{"name", "waybill"}}}, {"spans", std::move(all)}};
  const json::object resource{
      {"resource", {{"attributes", json::array{attribute("service.name", "waybill-" + service)}}}},
      {"scopeSpans", json::array{scope}}};
  return json::serialize(json::object{{"resourceSpans", json::array{resource}}});
}

}  // namespace waybill::trace
