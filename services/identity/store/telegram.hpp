// Telegram links in the database. Codes are known by their SHA-256.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"

namespace waybill::identity::store {

// Counts a try of this Telegram user and says how many it were since `since`; others of him wait
// until this transaction ends.
std::int64_t lock_and_count_try(pg::Tx& tx, std::int64_t telegram_user, Instant now, Instant since);

// In place of the user's last code.
void put_link_code(pg::Tx& tx, std::string_view hash, const Id& user_id, Instant expires_at);
// Whose code it was, if it was still good at `now`; it is good no more.
std::optional<Id> take_link_code(pg::Tx& tx, std::string_view hash, Instant now);

struct TelegramLink {
  std::int64_t telegram_user = 0;
  std::optional<std::string> username;
  Instant linked_at;
};
std::optional<TelegramLink> find_telegram_link(pg::Session& session, const Id& user_id);
std::optional<TelegramLink> find_telegram_link(pg::Tx& tx, const Id& user_id);

struct LinkedAccount {
  Id user_id;
  std::string username;
};
std::optional<LinkedAccount> find_linked_account(pg::Session& session, std::int64_t telegram_user);

// Neither has another link afterwards.
void put_telegram_link(pg::Tx& tx, const Id& user_id, const TelegramLink& link);
// With the codes that wait.
void delete_telegram_links(pg::Tx& tx, const std::vector<Id>& users);

// Codes that have expired before `before`, and tries that count no more; up to `most` of each.
std::int64_t delete_old_codes(pg::Tx& tx, Instant before, std::int64_t most);

}  // namespace waybill::identity::store
