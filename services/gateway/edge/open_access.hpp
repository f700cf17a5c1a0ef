// Access mode `open`, for trials: every caller without a token counts as ops, named by the header
// `Waybill-User: <user id>`. So that the rules for others can be tried too,
// `Waybill-Role: nobody|customer|staff|ops` lowers the role.
#pragma once

#include "services/gateway/edge/authenticator.hpp"

namespace waybill::gateway {

class OpenAccess final : public Authenticator {
 public:
  // `by_token` decides about requests that bring a token.
  explicit OpenAccess(Authenticator& by_token) : by_token_{by_token} {}

  web::awaitable<Result<Known>> authenticate(web::Request& request) override;
  std::string_view announced_mode() const override { return "open"; }

 private:
  Authenticator& by_token_;
};

}  // namespace waybill::gateway
