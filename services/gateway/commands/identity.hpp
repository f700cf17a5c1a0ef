// What names a command, so that a repeat is known on every gateway and after every crash.
#pragma once

#include <string>
#include <string_view>

#include "libs/core/caller.hpp"
#include "libs/core/id.hpp"
#include "libs/web/http.hpp"

namespace waybill::gateway {

// For whom idempotency keys count: the user, or the client's address where there is none.
std::string caller_key(const Caller& caller, const web::Request& request);

// The UUIDv5 of caller and Idempotency-Key; a new UUIDv7 without a key.
Id command_id(const std::string& caller, std::string_view idempotency_key);

// Of method, path, query and body: the same key with another one is a mistake of the client. 128
// bits of SHA-256 in hex.
std::string fingerprint(const web::Request& request);

// Tells callers apart in an operation id without naming them. 64 bits of SHA-256 in hex.
std::string caller_mark(const std::string& caller);

}  // namespace waybill::gateway
