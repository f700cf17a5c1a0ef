// One open libpqxx connection and what was prepared on it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/notification>

#include "libs/pg/pg.hpp"

namespace waybill::pg {

// Transactions are steered by our own BEGIN and COMMIT, sent together with statements, so libpqxx
// sees one long "nontransaction".
class Link {
 public:
  explicit Link(const std::string& conninfo);

  bool is_open() const { return connection_.is_open(); }
  // Tells the server about the statement when it is new here (a round trip of its own).
  void prepare(const Statement& statement);
  // One prepared statement with its parameters bound.
  pqxx::result bind(const Statement& statement, std::span<const Param> params);
  // Several statements in one message; the result is the last one's.
  pqxx::result exec(const std::string& sql);

  void listen(const std::string& channel);
  bool wait_notification(std::chrono::milliseconds most);

 private:
  pqxx::nontransaction& work();

  pqxx::connection connection_;
  std::unordered_map<std::string_view, const char*> prepared_;  // name → SQL
  std::vector<std::unique_ptr<pqxx::notification_receiver>> receivers_;
  std::unique_ptr<pqxx::nontransaction> work_;
};

// Appends `;EXECUTE "name"('…',NULL)`.
void append_execute(std::string& sql, const Statement& statement, std::span<const Param> params);

struct Connection::Impl {
  Options options;
  std::map<std::string, std::string> settings;
  std::set<std::string> channels;
  std::unique_ptr<Link> link;
  // Whether something has come back over `link`: if not, it is not the idle kind that may have
  // died.
  bool used = false;

  Link& open();
  // As open(), but a broken link stays broken where options.reopen says no.
  Link& live();
};

}  // namespace waybill::pg
