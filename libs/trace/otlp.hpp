// Spans as OTLP/HTTP wants them in JSON (opentelemetry-proto, trace/v1; ids in hex, times as text).
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "libs/trace/trace.hpp"

namespace waybill::trace {

struct Finished {
  std::string name;
  Kind kind = Kind::internal;
  std::string traceparent;  // its own: trace id and span id
  std::string parent;       // span id, empty for the first
  std::chrono::system_clock::time_point began;
  std::chrono::system_clock::time_point ended;
  std::vector<std::pair<std::string, std::string>> attributes;
  bool failed = false;
};

std::string to_otlp(const std::string& service, const std::vector<Finished>& spans);

}  // namespace waybill::trace
