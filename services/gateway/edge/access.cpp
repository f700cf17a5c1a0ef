#include "services/gateway/edge/access.hpp"

namespace waybill::gateway {
namespace {

using contract::Access;

Fault unauthenticated() {
  return {FaultKind::unauthenticated, "unauthenticated", "Sign in first.", {}};
}

bool owner_of_path(const Call& call) {
  const auto owner = Id::parse(web::param(call.params, call.operation.owner_param));
  return call.caller.is_staff() || (owner && call.caller.may_act_for(*owner));
}

}  // namespace

Fault absent() {
  return not_found();
}

std::optional<Fault> refuse_access(const Call& call) {
  const Access access = call.operation.access;
  if (access == Access::public_) return std::nullopt;
  if (call.caller.role == Role::nobody) return unauthenticated();
  switch (access) {
    case Access::owner:
      if (!call.operation.owner_param.empty() && !owner_of_path(call)) return absent();
      return std::nullopt;
    case Access::staff:
      if (!call.caller.is_staff()) return forbidden("This is for staff.");
      return std::nullopt;
    case Access::ops:
      if (!call.caller.is_ops()) return forbidden("This is for operators.");
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

bool may_see(const Call& call, std::string_view owner) {
  if (call.operation.access != Access::owner || !call.operation.owner_param.empty()) return true;
  if (call.caller.is_staff()) return true;
  const auto id = Id::parse(owner);
  return id && call.caller.may_act_for(*id);
}

}  // namespace waybill::gateway
