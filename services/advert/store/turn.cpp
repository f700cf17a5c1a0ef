#include "services/advert/store/turn.hpp"

#include "services/advert/store/sql.hpp"

namespace waybill::advert::store {
namespace {

Turn read_turn(const pg::Rows& rows) {
  if (rows.empty()) throw pg::Error{"the row of settings is gone"};
  const pg::Row row = rows[0];
  return {static_cast<domain::Day>(row.integer(0)),
          row.integer(1),
          row.boolean(2),
          row.integer(3),
          row.integer(4),
          row.id(5),
          row.boolean(6)};
}

std::vector<std::string> read_words(const pg::Rows& rows) {
  std::vector<std::string> words;
  for (const pg::Row row : rows) words.emplace_back(row.text(0));
  return words;
}

}  // namespace

Turn take_turn(pg::Tx& tx) {
  return read_turn(tx.exec(sql::take_turn));
}

Turn find_settings(pg::Session& session) {
  return read_turn(session.exec(sql::find_settings));
}

Turn find_settings(pg::Tx& tx) {
  return read_turn(tx.exec(sql::find_settings));
}

std::int64_t raise_revision(pg::Tx& tx, Turn& turn) {
  ++turn.revision;
  turn.writer = new_id();
  turn.is_mine = true;
  tx.later(sql::raise_revision, turn.revision, turn.writer);
  return turn.revision;
}

void set_day(pg::Tx& tx, const Turn& turn) {
  tx.later(sql::set_day, turn.day, turn.day_version);
}

void set_moderation(pg::Tx& tx, const Turn& turn) {
  tx.later(sql::set_moderation, turn.moderation_enabled, turn.moderation_version);
}

std::vector<std::string> list_blacklist(pg::Tx& tx) {
  return read_words(tx.exec(sql::list_blacklist));
}

std::vector<std::string> list_blacklist(pg::Session& session) {
  return read_words(session.exec(sql::list_blacklist));
}

void replace_blacklist(pg::Tx& tx, const std::vector<std::string>& words) {
  tx.later(sql::clear_blacklist);
  if (words.empty()) return;
  pg::Array array;
  for (const std::string& word : words) array.add(word);
  tx.later(sql::insert_blacklist, array);
}

}  // namespace waybill::advert::store
