#include "services/gateway/tokens/token_access.hpp"

namespace waybill::gateway {

web::awaitable<Result<Known>> TokenAccess::authenticate(web::Request& request) {
  request.headers.erase("Waybill-User");
  request.headers.erase("Waybill-Role");
  const auto token = bearer_token(request.headers);
  Known known;
  if (!token) co_return known;
  const auto caller = co_await tokens_.check(*token, request);
  if (!caller) co_return caller.error();
  known.caller = *caller;
  known.limited_as = caller->role;
  co_return known;
}

}  // namespace waybill::gateway
