#include "services/identity/domain/telegram.hpp"

#include "libs/auth/secrets.hpp"
#include "libs/contract/json.hpp"
#include "libs/log/log.hpp"
#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"
#include "services/identity/store/telegram.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::identity::commands {
namespace {

std::string representation(const domain::User& user,
                           const std::optional<store::TelegramLink>& before,
                           std::int64_t telegram_user) {
  v1::TelegramLinked message;
  message.set_user_id(user.id.to_string());
  message.set_username(user.username);
  if (before && before->telegram_user != telegram_user) {
    message.set_replaced_telegram_user_id(before->telegram_user);
  }
  return contract::to_json(message);
}

outbox::Outcome link(pg::Tx& tx, const outbox::Command<v1::LinkTelegram>& command) {
  const std::int64_t telegram_user = command.body.telegram_user_id();
  const std::int64_t tries = store::lock_and_count_try(tx, telegram_user, command.now,
                                                       command.now - domain::link_try_window);
  if (tries > domain::most_link_tries) {
    return outbox::Outcome::refused(domain::too_many_link_tries());
  }
  const auto user_id = store::take_link_code(tx, auth::sha256(command.body.code()), command.now);
  if (!user_id) return outbox::Outcome::refused(domain::bad_link_code());
  // The code speaks for the owner: whoever brings it may act for him.
  const auto user = Registry{tx, {*user_id}}.find(*user_id, {*user_id, Role::customer});
  if (!user) return outbox::Outcome::refused(domain::bad_link_code());
  const auto before = store::find_telegram_link(tx, *user_id);
  store::TelegramLink now{telegram_user, std::nullopt, command.now};
  if (command.body.has_username()) now.username = command.body.username();
  store::put_telegram_link(tx, *user_id, now);
  log::info("telegram.linked", {{"user_id", *user_id}, {"replaced", before.has_value()}});
  return outbox::Outcome::ok(representation(*user, before, telegram_user));
}

}  // namespace

std::vector<outbox::Outcome> link_telegram(pg::Tx& tx, Batch<v1::LinkTelegram> batch,
                                           outbox::Writer&) {
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) outcomes.push_back(link(tx, command));
  return outcomes;
}

std::vector<outbox::Outcome> unlink_telegram(pg::Tx& tx, Batch<v1::UnlinkTelegram> batch,
                                             outbox::Writer&) {
  const Registry registry{tx, user_ids(batch)};
  std::vector<Id> unlinked;
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    const auto user = registry.find(read_id(command.body.user_id()), command.cause.caller);
    if (user) unlinked.push_back(user->id);
    outcomes.push_back(user ? outbox::Outcome::no_content()
                            : outbox::Outcome::refused(user.error()));
  }
  store::delete_telegram_links(tx, unlinked);
  return outcomes;
}

}  // namespace waybill::identity::commands
