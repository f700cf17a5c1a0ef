// The strict look at a request before anything is routed (RFC 9112, RFC 9110): what a lenient
// parser lets through is how requests are smuggled. Pure, no I/O: has its own fuzz target.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waybill::web {

struct RawRequest {
  std::string_view method;
  std::string_view target;
  unsigned version = 11;  // 10 or 11
  std::vector<std::pair<std::string_view, std::string_view>> headers;
};

// Why this request is refused with 400 and Connection: close; nullopt when it is fine.
std::optional<std::string> check_request(const RawRequest& request);

// Checks the raw bytes of a header block, before it is parsed: bare CR or LF, obs-fold, NUL, space
// before a colon.
std::optional<std::string> check_header_bytes(std::string_view block);

}  // namespace waybill::web
