// What a caller can be told when something is refused. Broken worlds are exceptions, own bugs are
// asserts.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <boost/system/result.hpp>

namespace waybill {

enum class FaultKind {
  invalid,          // 400
  unauthenticated,  // 401
  forbidden,        // 403
  not_found,        // 404
  not_allowed,      // 405
  conflict,         // 409
  stale,            // 412
  too_large,        // 413
  unsupported,      // 415
  unprocessable,    // 422
  rate_limited,     // 429
  internal,         // 500
  unavailable,      // 503
};

int http_status(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::internal;
  std::string code;             // stable slug: "out-of-stock"
  std::string detail;           // one sentence for a person
  boost::json::object members;  // further members of the problem document
};

template <class T>
using Result = boost::system::result<T, Fault>;

Fault invalid(std::string detail, boost::json::object members = {});  // code validation-failed
Fault not_found(std::string detail = "There is no such object.");
Fault forbidden(std::string detail);
Fault stale(std::string detail = "The object has changed since you read it.");
Fault conflict(std::string code, std::string detail, boost::json::object members = {});
Fault unprocessable(std::string code, std::string detail, boost::json::object members = {});
Fault unavailable(std::string detail);

// The problem document (RFC 9457) of a fault. `instance` is the path that was asked for.
boost::json::object to_problem(const Fault& fault, std::string_view instance,
                               std::string_view correlation_id);

// boost::system::result needs this to turn an unchecked fault into an exception.
[[noreturn]] void throw_exception_from_error(const Fault& fault,
                                             const boost::source_location& where);

}  // namespace waybill
