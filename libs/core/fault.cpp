#include "libs/core/fault.hpp"

#include <stdexcept>

namespace waybill {
namespace {

std::string_view title(FaultKind kind) {
  switch (kind) {
    case FaultKind::invalid:
      return "Bad Request";
    case FaultKind::unauthenticated:
      return "Unauthorized";
    case FaultKind::forbidden:
      return "Forbidden";
    case FaultKind::not_found:
      return "Not Found";
    case FaultKind::not_allowed:
      return "Method Not Allowed";
    case FaultKind::conflict:
      return "Conflict";
    case FaultKind::stale:
      return "Precondition Failed";
    case FaultKind::too_large:
      return "Content Too Large";
    case FaultKind::unsupported:
      return "Unsupported Media Type";
    case FaultKind::unprocessable:
      return "Unprocessable Content";
    case FaultKind::rate_limited:
      return "Too Many Requests";
    case FaultKind::internal:
      return "Internal Server Error";
    case FaultKind::unavailable:
      return "Service Unavailable";
  }
  return "Internal Server Error";
}

}  // namespace

int http_status(FaultKind kind) {
  switch (kind) {
    case FaultKind::invalid:
      return 400;
    case FaultKind::unauthenticated:
      return 401;
    case FaultKind::forbidden:
      return 403;
    case FaultKind::not_found:
      return 404;
    case FaultKind::not_allowed:
      return 405;
    case FaultKind::conflict:
      return 409;
    case FaultKind::stale:
      return 412;
    case FaultKind::too_large:
      return 413;
    case FaultKind::unsupported:
      return 415;
    case FaultKind::unprocessable:
      return 422;
    case FaultKind::rate_limited:
      return 429;
    case FaultKind::internal:
      return 500;
    case FaultKind::unavailable:
      return 503;
  }
  return 500;
}

Fault invalid(std::string detail, boost::json::object members) {
  return {FaultKind::invalid, "validation-failed", std::move(detail), std::move(members)};
}

Fault not_found(std::string detail) {
  return {FaultKind::not_found, "not-found", std::move(detail), {}};
}

Fault forbidden(std::string detail) {
  return {FaultKind::forbidden, "forbidden", std::move(detail), {}};
}

Fault stale(std::string detail) {
  return {FaultKind::stale, "stale", std::move(detail), {}};
}

Fault conflict(std::string code, std::string detail, boost::json::object members) {
  return {FaultKind::conflict, std::move(code), std::move(detail), std::move(members)};
}

Fault unprocessable(std::string code, std::string detail, boost::json::object members) {
  return {FaultKind::unprocessable, std::move(code), std::move(detail), std::move(members)};
}

Fault unavailable(std::string detail) {
  return {FaultKind::unavailable, "unavailable", std::move(detail), {}};
}

boost::json::object to_problem(const Fault& fault, std::string_view instance,
                               std::string_view correlation_id) {
  boost::json::object problem{{"type", "/problems/" + fault.code},
                              {"title", title(fault.kind)},
                              {"status", http_status(fault.kind)},
                              {"detail", fault.detail},
                              {"instance", instance},
                              {"code", fault.code},
                              {"correlation_id", correlation_id}};
  for (const auto& member : fault.members) problem.insert(member);
  return problem;
}

void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
  throw std::logic_error("unchecked fault " + fault.code + ": " + fault.detail);
}

}  // namespace waybill
