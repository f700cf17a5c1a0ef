// Access mode `open`, for trials: every caller counts as ops, named by the header
// `Waybill-User: <user id>`. So that the rules for others can be tried too,
// `Waybill-Role: nobody|customer|staff|ops` lowers the role.
#pragma once

#include "services/gateway/edge/authenticator.hpp"

namespace waybill::gateway {

class OpenAccess final : public Authenticator {
 public:
  web::awaitable<Result<Known>> authenticate(const web::Request& request) override;
  std::string_view announced_mode() const override { return "open"; }
};

}  // namespace waybill::gateway
