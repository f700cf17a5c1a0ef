#include "services/gateway/tokens/token_access.hpp"

namespace waybill::gateway {

web::awaitable<Result<Known>> TokenAccess::authenticate(web::Request& request) {
  request.headers.erase("Waybill-User");
  request.headers.erase("Waybill-Role");
  const auto token = bearer_token(request.headers);
  Known known;
  if (!token) co_return known;
  const auto pass = co_await tokens_.check(*token, request);
  if (!pass) co_return pass.error();
  known.caller = pass->caller;
  known.limited_as = pass->caller.role;
  known.standing = tokens_.standing_of(*pass);
  co_return known;
}

}  // namespace waybill::gateway
