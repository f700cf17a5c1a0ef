// One import from files to account: what `import retail` and `demo` share.
#pragma once

#include <string>
#include <vector>

#include "tools/waybill/gateway.hpp"
#include "tools/waybill/retail/account.hpp"
#include "tools/waybill/retail/execute.hpp"

namespace waybill::tool::retail {

struct Import {
  RowSet set;
  Plan plan;
  Execution execution;
  Account account;
};

// Reads and plans. Throws FileError.
Import prepare(const std::vector<std::string>& files, const std::string& time_zone);

// Carries out and settles. Throws GatewayAway.
void carry_out(Import& import, const GatewayOptions& gateway, const ExecuteOptions& options);

// As if everything had been accepted.
void pretend(Import& import);

}  // namespace waybill::tool::retail
