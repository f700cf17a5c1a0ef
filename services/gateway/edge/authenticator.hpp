// Who is calling. One implementation per access mode, so that the rest of the gateway does not know
// how callers are recognised.
#pragma once

#include "libs/core/caller.hpp"
#include "libs/core/fault.hpp"
#include "libs/web/http.hpp"
#include "services/gateway/edge/call.hpp"

namespace waybill::gateway {

struct Known {
  Caller caller;                   // role `nobody` for one who shows nothing
  Role limited_as = Role::nobody;  // whose rate limits count
  std::shared_ptr<const Standing> standing = nullptr;
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // A fault for credentials that are no good. Runs on the io thread and may wait (for keys).
  // Takes headers out of the request that nobody behind may believe.
  virtual web::awaitable<Result<Known>> authenticate(web::Request& request) = 0;
  // Value of the header Waybill-Access of every answer; empty: none.
  virtual std::string_view announced_mode() const = 0;
};

}  // namespace waybill::gateway
