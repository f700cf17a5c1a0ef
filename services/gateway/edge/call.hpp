// A request whose operation and caller are known.
#pragma once

#include <memory>

#include "libs/contract/contract.hpp"
#include "libs/core/caller.hpp"
#include "libs/web/http.hpp"

namespace waybill::gateway {

// Whether the caller may still be who he was: a request is over at once, a stream lasts.
class Standing {
 public:
  virtual ~Standing() = default;
  virtual bool holds() const = 0;  // io thread only
};

struct Call {
  const contract::Contract& contract;  // the operation's
  const contract::Operation& operation;
  const web::PathParams& params;
  const web::Request& request;
  Caller caller;
  std::shared_ptr<const Standing> standing = nullptr;  // nullptr: for ever
};

}  // namespace waybill::gateway
