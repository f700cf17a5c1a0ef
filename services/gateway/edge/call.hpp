// A request whose operation and caller are known.
#pragma once

#include "libs/contract/contract.hpp"
#include "libs/core/caller.hpp"
#include "libs/web/http.hpp"

namespace waybill::gateway {

struct Call {
  const contract::Contract& contract;  // the operation's
  const contract::Operation& operation;
  const web::PathParams& params;
  const web::Request& request;
  Caller caller;
};

}  // namespace waybill::gateway
