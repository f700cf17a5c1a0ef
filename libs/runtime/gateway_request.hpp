// What the gateway says of a request that it passes on: who sends it, and which command a write is
// that comes as it was sent (x-direct, x-stream).
#pragma once

#include <string>

#include "libs/core/caller.hpp"
#include "libs/core/id.hpp"
#include "libs/outbox/command.hpp"
#include "libs/web/http.hpp"

namespace waybill::runtime {

// The gateway's header Waybill-Caller; nobody without it.
Caller caller_of(const web::Request& request);
// The client's address, of the header Waybill-Client-Address.
std::string client_of(const web::Request& request);
// The command id derives in `name_space` (RFC 9562, section 5.5; it must never change) from the
// Idempotency-Key and whose key it is: the user's, or the client's address where there is none. A
// request without a key is a command of its own.
outbox::Cause cause_of(const web::Request& request, const Id& name_space);

}  // namespace waybill::runtime
