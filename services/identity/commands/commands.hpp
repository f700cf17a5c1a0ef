// The identity service's command handlers. Each takes a batch, reads and writes sets, and gives one
// outcome per command in their order. Users are locked in id order.
#pragma once

#include <span>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "services/identity/commands/policy.hpp"
#include "waybill/identity/v1/commands.pb.h"

namespace waybill::identity::commands {

template <class Message>
using Batch = std::span<const outbox::Command<Message>>;

// A user takes his id from his command: creating twice is creating once.
// 409 already-exists with `field`; 400 for a username with @ that is not the own e-mail.
std::vector<outbox::Outcome> create_users(pg::Tx& tx, Batch<v1::CreateUser> batch,
                                          outbox::Writer& out);

// 404 (also for callers who may not act for the user), 412 stale, and as create_users.
std::vector<outbox::Outcome> update_users(pg::Tx& tx, Batch<v1::UpdateUser> batch,
                                          outbox::Writer& out);

// Erases names, description, password and addresses, ends all sessions; the id stays. 404, 409
// limit-reached, 412 stale.
struct DeleteUsers {
  Policy policy;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::DeleteUser> batch,
                                          outbox::Writer& out) const;
};

// By ops; ends all sessions of a user whose roles are others afterwards. 403, 404, 409
// limit-reached, 412 stale.
struct ChangeRoles {
  Policy policy;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::ChangeRoles> batch,
                                          outbox::Writer& out) const;
};

// By ops; the key that signs next. 403.
struct RotateKeys {
  Policy policy;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::RotateKeys> batch,
                                          outbox::Writer& out) const;
};

// An address takes its id from its command. 404, 409 limit-reached.
std::vector<outbox::Outcome> add_addresses(pg::Tx& tx, Batch<v1::AddAddress> batch,
                                           outbox::Writer& out);

// 404, 412 stale, 400 for a null where none may be.
std::vector<outbox::Outcome> update_addresses(pg::Tx& tx, Batch<v1::UpdateAddress> batch,
                                              outbox::Writer& out);

// 404, 412 stale.
std::vector<outbox::Outcome> delete_addresses(pg::Tx& tx, Batch<v1::DeleteAddress> batch,
                                              outbox::Writer& out);

// A Telegram user acts for the account whose code he brings, and for no other; who acted for it
// before does no more, and is named in the outcome. 422 invalid-code, 429 rate-limited.
std::vector<outbox::Outcome> link_telegram(pg::Tx& tx, Batch<v1::LinkTelegram> batch,
                                           outbox::Writer& out);

// Nobody acts for the account by Telegram. 404.
std::vector<outbox::Outcome> unlink_telegram(pg::Tx& tx, Batch<v1::UnlinkTelegram> batch,
                                             outbox::Writer& out);

// All of them by message type.
outbox::Handlers make_handlers(const Policy& policy);

}  // namespace waybill::identity::commands
