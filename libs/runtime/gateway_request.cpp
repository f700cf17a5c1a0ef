#include "libs/runtime/gateway_request.hpp"

namespace waybill::runtime {
namespace {

Id command_id(const web::Request& request, const Caller& caller, const Id& name_space) {
  const std::string_view key = request.headers.get("Idempotency-Key");
  if (key.empty()) return new_id();
  const std::string who = caller.user ? caller.user->to_string() : client_of(request);
  return derive_id(name_space, fmt::format("{}\n{}", who, key));
}

}  // namespace

Caller caller_of(const web::Request& request) {
  return parse_caller(request.headers.get("Waybill-Caller"));
}

std::string client_of(const web::Request& request) {
  return std::string{request.headers.get("Waybill-Client-Address")};
}

outbox::Cause cause_of(const web::Request& request, const Id& name_space) {
  outbox::Cause cause;
  cause.caller = caller_of(request);
  cause.command_id = command_id(request, cause.caller, name_space);
  cause.trace = request.trace;
  cause.instance = request.path;
  cause.sent_at = now();
  return cause;
}

}  // namespace waybill::runtime
