#include "libs/pg/link.hpp"

#include <cstring>

#include "libs/metrics/outgoing.hpp"
#include "libs/pg/text.hpp"

namespace waybill::pg {
namespace {

// A NOTIFY needs no more than to be noticed.
class Receiver : public pqxx::notification_receiver {
 public:
  using notification_receiver::notification_receiver;
  void operator()(const std::string&, int) override {}
};

const metrics::OutgoingKind& kind_of(const std::string& sql) {
  static const metrics::OutgoingKind batches{"postgresql", "batch"};
  static const metrics::OutgoingKind commits{"postgresql", "commit"};
  static const metrics::OutgoingKind rollbacks{"postgresql", "rollback"};
  if (sql.ends_with(";COMMIT")) return commits;
  return sql == "ROLLBACK" ? rollbacks : batches;
}

}  // namespace

Link::Link(const std::string& conninfo) : connection_{conninfo} {
  connection_.set_verbosity(pqxx::connection_base::verbose);  // names the constraint
  // Prepared statements and transactions don't survive a silent reconnect.
#include <pqxx/internal/ignore-deprecated-pre.hxx>
  connection_.inhibit_reactivation(true);
#include <pqxx/internal/ignore-deprecated-post.hxx>
}

void Link::prepare(const Statement& statement) {
  const auto [known, fresh] = prepared_.try_emplace(statement.name, statement.sql);
  if (!fresh) {
    if (known->second == statement.sql || std::strcmp(known->second, statement.sql) == 0) return;
    throw std::logic_error{std::string{"two statements have the name "} + statement.name};
  }
  try {
    connection_.prepare(statement.name, statement.sql);
    connection_.prepare_now(statement.name);
  } catch (...) {
    prepared_.erase(known);
    throw;
  }
}

pqxx::result Link::bind(const Statement& statement, std::span<const Param> params) {
  static const metrics::OutgoingKind statements{"postgresql", "statement"};
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params) {
    values.push_back(param.text() ? param.text()->c_str() : nullptr);
  }
  metrics::Outgoing call{statements};
  pqxx::result result =
      work().exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(values));
  call.succeeded();
  return result;
}

pqxx::result Link::exec(const std::string& sql) {
  metrics::Outgoing call{kind_of(sql)};
  pqxx::result result = work().exec(sql);
  call.succeeded();
  return result;
}

pqxx::nontransaction& Link::work() {
  if (!work_) work_ = std::make_unique<pqxx::nontransaction>(connection_);
  return *work_;
}

void Link::listen(const std::string& channel) {
  work_.reset();
  receivers_.push_back(std::make_unique<Receiver>(connection_, channel));
}

bool Link::wait_notification(std::chrono::milliseconds most) {
  work_.reset();  // libpqxx delivers nothing while it sees a transaction
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(most);
  const std::chrono::microseconds rest = most - whole;
  return connection_.await_notification(whole.count(), rest.count()) > 0;
}

void append_execute(std::string& sql, const Statement& statement, std::span<const Param> params) {
  sql.append(";EXECUTE \"").append(statement.name).append("\"");
  for (std::size_t i = 0; i < params.size(); ++i) {
    sql += i == 0 ? '(' : ',';
    const auto& text = params[i].text();
    if (text) {
      append_literal(sql, *text);
    } else {
      sql += "NULL";
    }
  }
  if (!params.empty()) sql += ')';
}

}  // namespace waybill::pg
