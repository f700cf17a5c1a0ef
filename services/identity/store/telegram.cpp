#include "services/identity/store/telegram.hpp"

#include "services/identity/store/telegram_sql.hpp"

namespace waybill::identity::store {
namespace {

std::optional<TelegramLink> read_link(const pg::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const pg::Row row = rows[0];
  return TelegramLink{row.integer(0), row.maybe_text(1), row.instant(2)};
}

}  // namespace

std::int64_t lock_and_count_try(pg::Tx& tx, std::int64_t telegram_user, Instant now,
                                Instant since) {
  tx.later(sql::lock_telegram_user, telegram_user);
  return tx.exec(sql::count_link_try, telegram_user, now, since)[0].integer(0);
}

void put_link_code(pg::Tx& tx, std::string_view hash, const Id& user_id, Instant expires_at) {
  tx.later(sql::put_link_code, pg::bytes(hash), user_id, expires_at);
}

std::optional<Id> take_link_code(pg::Tx& tx, std::string_view hash, Instant now) {
  const pg::Rows rows = tx.exec(sql::take_link_code, pg::bytes(hash));
  if (rows.empty() || rows[0].instant(1) <= now) return std::nullopt;
  return rows[0].id(0);
}

std::optional<TelegramLink> find_telegram_link(pg::Session& session, const Id& user_id) {
  return read_link(session.exec(sql::find_link_of_user, user_id));
}

std::optional<TelegramLink> find_telegram_link(pg::Tx& tx, const Id& user_id) {
  return read_link(tx.exec(sql::find_link_of_user, user_id));
}

std::optional<LinkedAccount> find_linked_account(pg::Session& session, std::int64_t telegram_user) {
  const pg::Rows rows = session.exec(sql::find_account_of_telegram_user, telegram_user);
  if (rows.empty()) return std::nullopt;
  return LinkedAccount{rows[0].id(0), std::string{rows[0].text(1)}};
}

void put_telegram_link(pg::Tx& tx, const Id& user_id, const TelegramLink& link) {
  tx.later(sql::delete_links, user_id, link.telegram_user);
  tx.later(sql::insert_link, user_id, link.telegram_user, link.username, link.linked_at);
}

void delete_telegram_links(pg::Tx& tx, const std::vector<Id>& users) {
  if (users.empty()) return;
  pg::Array ids;
  for (const Id& id : users) ids.add(id);
  tx.later(sql::delete_links_of_users, ids);
  tx.later(sql::delete_link_codes_of_users, ids);
}

std::int64_t delete_old_codes(pg::Tx& tx, Instant before, std::int64_t most) {
  const std::int64_t codes = tx.exec(sql::delete_expired_link_codes, before, most).affected();
  return codes + tx.exec(sql::delete_old_link_tries, before, most).affected();
}

}  // namespace waybill::identity::store
