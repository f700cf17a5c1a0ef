#include "services/gateway/edge/open_access.hpp"

namespace waybill::gateway {
namespace {

Fault bad_header(std::string_view name, std::string_view message) {
  boost::json::array errors;
  errors.push_back(boost::json::object{{"parameter", name}, {"message", message}});
  return invalid(fmt::format("The header {} {}.", name, message), {{"errors", std::move(errors)}});
}

std::optional<Role> parse_role(std::string_view text) {
  if (text == "nobody") return Role::nobody;
  if (text == "customer") return Role::customer;
  if (text == "staff") return Role::staff;
  if (text == "ops" || text.empty()) return Role::ops;
  return std::nullopt;
}

Result<Caller> read_caller(const web::Request& request) {
  Caller caller;
  const auto role = parse_role(request.headers.get("Waybill-Role"));
  if (!role) return bad_header("Waybill-Role", "must be one of nobody, customer, staff, ops");
  caller.role = *role;
  const std::string_view user = request.headers.get("Waybill-User");
  if (user.empty()) {
    if (caller.role != Role::customer) return caller;
    return bad_header("Waybill-User", "must name the customer");
  }
  caller.user = Id::parse(user);
  if (!caller.user) return bad_header("Waybill-User", "must be a UUID");
  if (caller.role == Role::nobody) caller.user.reset();
  return caller;
}

Result<Known> read_known(const web::Request& request) {
  const auto caller = read_caller(request);
  if (!caller) return caller.error();
  return Known{*caller, Role::ops, nullptr};  // whatever role is tried out
}

web::awaitable<Result<Known>> answer_at_once(Result<Known> known) {
  co_return known;
}

}  // namespace

web::awaitable<Result<Known>> OpenAccess::authenticate(web::Request& request) {
  if (request.headers.has("Authorization")) return by_token_.authenticate(request);
  return answer_at_once(read_known(request));
}

}  // namespace waybill::gateway
