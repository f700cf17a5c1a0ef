#include "libs/web/http.hpp"

#include <strings.h>

namespace waybill::web {
namespace {

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  erase(name);
  add(name, std::move(value));
}

void Headers::add(std::string_view name, std::string value) {
  pairs_.emplace_back(std::string{name}, std::move(value));
}

void Headers::erase(std::string_view name) {
  std::erase_if(pairs_, [name](const Pair& pair) { return same_name(pair.first, name); });
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (same_name(key, name)) return value;
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::any_of(pairs_.begin(), pairs_.end(),
                     [name](const Pair& pair) { return same_name(pair.first, name); });
}

std::string_view Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::uint64_t> Handler::streams(const Request&) const {
  return std::nullopt;
}

Response::Response(int code, std::string content_type, std::string text)
    : status{code}, body{std::move(text)} {
  if (!content_type.empty()) headers.add("Content-Type", std::move(content_type));
}

Response json_response(int status, const boost::json::value& body) {
  return {status, "application/json", boost::json::serialize(body)};
}

Response problem_response(const Fault& fault, const Request& request) {
  const auto problem = to_problem(fault, request.path, request.trace.correlation_id);
  Response response{http_status(fault.kind), "application/problem+json",
                    boost::json::serialize(problem)};
  if (fault.kind == FaultKind::rate_limited || fault.kind == FaultKind::unavailable) {
    response.headers.set("Retry-After", "1");
  }
  // RFC 9110, section 15.5.2: a 401 names how one proves oneself.
  if (fault.kind == FaultKind::unauthenticated) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace waybill::web
