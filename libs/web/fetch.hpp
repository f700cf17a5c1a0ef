// One call to somebody else's server over HTTP or HTTPS; libcurl stays inside. For services of ours
// there is client.hpp.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "libs/core/fault.hpp"

namespace waybill::web {

struct FetchRequest {
  std::string target = "http";  // who is asked, a label of metrics: one of few
  std::string method = "GET";
  std::string url;  // http or https; certificates are checked, redirects not followed
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::chrono::milliseconds connect_time{3'000};
  std::chrono::milliseconds whole_time{10'000};
  std::size_t most_bytes = 1024 * 1024;  // of the answer's body
};

struct FetchAnswer {
  int status = 0;
  std::string body;
};

// Blocks for `whole_time` at most; any thread. An `unavailable` fault that says why where there is
// no answer: not reached, too slow, too large. Headers and bodies are in no log.
Result<FetchAnswer> fetch(const FetchRequest& request);

}  // namespace waybill::web
