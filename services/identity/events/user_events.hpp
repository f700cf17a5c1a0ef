// Users and addresses as messages: the representation over HTTP and the state in events are the
// same.
#pragma once

#include <string>

#include "libs/outbox/writer.hpp"
#include "services/identity/domain/user.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::identity::events {

v1::User to_message(const domain::User& user);
v1::Address to_message(const domain::Address& address);

// The JSON that clients see.
std::string representation(const domain::User& user);
std::string representation(const domain::Address& address);

// Tells the user's present state with all addresses, or that he is gone; drops the cache entry.
void tell(outbox::Writer& out, const domain::User& user, const outbox::Cause& cause);

// Access tokens that count no more: all of the user up to `at`, or those of a family, or one.
struct Revocation {
  Id user_id;
  std::optional<Id> family;
  std::optional<Id> token;
  Instant at;
  Instant until;  // by then the last of them has expired
};
void tell_revoked(outbox::Writer& out, const Revocation& revocation, const outbox::Cause& cause);

}  // namespace waybill::identity::events
