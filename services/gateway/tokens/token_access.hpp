// Access mode `enforced`: a caller is who his bearer token says; without one he is nobody.
#pragma once

#include "services/gateway/edge/authenticator.hpp"
#include "services/gateway/tokens/tokens.hpp"

namespace waybill::gateway {

class TokenAccess final : public Authenticator {
 public:
  explicit TokenAccess(Tokens& tokens) : tokens_{tokens} {}

  // Takes the headers of mode `open` out of the request: nobody behind here may believe them.
  web::awaitable<Result<Known>> authenticate(web::Request& request) override;
  std::string_view announced_mode() const override { return {}; }

 private:
  Tokens& tokens_;
};

}  // namespace waybill::gateway
