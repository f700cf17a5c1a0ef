// One service's database at one moment: a read-only REPEATABLE READ transaction, and cursors in it
// that bring long results portion by portion.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "libs/pg/pg.hpp"

namespace waybill::tool::audit {

// What is judged, as PostgreSQL reads times ("-infinity", "2026-01-31T09:30:00.000Z"). The SQL of
// the checks finds it in the settings audit.since, audit.until and audit.stuck.
struct Limits {
  std::string since = "-infinity";  // older things are not looked at
  std::string until = "infinity";   // younger things may still be on their way
  std::string stuck = "infinity";   // whatever has waited since then is stuck
};

class Snapshot {
 public:
  // Throws pg::Error when the database is away.
  Snapshot(const std::string& url, const Limits& limits);
  ~Snapshot();

  pg::Tx& tx() { return *tx_; }

 private:
  pg::Connection connection_;
  std::unique_ptr<pg::Tx> tx_;
};

class Cursor {
 public:
  // `query` is an SQL text without parameters.
  Cursor(Snapshot& snapshot, const std::string& query);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // Goes to the next row; false at the end.
  bool next();
  // The present row; valid until the next call of next().
  pg::Row row() const { return (*rows_)[at_]; }

 private:
  pg::Tx& tx_;
  pg::Statement fetch_;
  pg::Statement close_;
  std::optional<pg::Rows> rows_;
  int at_ = 0;
};

}  // namespace waybill::tool::audit
