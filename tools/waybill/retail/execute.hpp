// Carries a plan out through the gateway. Every write has an idempotency key of what it writes:
// running a plan again, after a kill too, changes nothing and gives the same answers.
#pragma once

#include <cstddef>
#include <string>

#include "tools/waybill/gateway.hpp"
#include "tools/waybill/retail/account.hpp"

namespace waybill::tool::retail {

struct ExecuteOptions {
  std::size_t concurrency = 16;
  std::string currency = "GBP";
  bool pay = true;     // PAID after placing
  bool quiet = false;  // no progress
};

// Blocking. Throws GatewayAway when the gateway stays away.
Execution execute(boost::asio::io_context& io, Gateway& gateway, const Plan& plan,
                  const ExecuteOptions& options);

}  // namespace waybill::tool::retail
