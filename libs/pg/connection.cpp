#include <cstring>

#include "libs/metrics/metrics.hpp"
#include "libs/metrics/outgoing.hpp"
#include "libs/pg/conninfo.hpp"
#include "libs/pg/errors.hpp"
#include "libs/pg/link.hpp"
#include "libs/pg/rows.hpp"

namespace waybill::pg {
namespace {

// Above this size a statement goes alone with bound parameters: reading literals out of SQL text
// costs the server more than a round trip then.
constexpr std::size_t kRideTogether = 64 * 1024;

std::size_t size_of(std::span<const Param> params) {
  std::size_t size = 0;
  for (const Param& param : params) size += param.text() ? param.text()->size() : 0;
  return size;
}

// libpq would cut such a text off; PostgreSQL's text can't hold it anyway.
void refuse_zero_bytes(std::span<const Param> params) {
  for (const Param& param : params) {
    if (param.text() && std::memchr(param.text()->data(), 0, param.text()->size()) != nullptr) {
      throw Error{"a text parameter contains a zero byte"};
    }
  }
}

Rows wrap(pqxx::result result) {
  return Rows{std::make_shared<const Rows::Impl>(Rows::Impl{std::move(result)})};
}

template <class Work>
auto translated(Work work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    rethrow_translated();
  }
}

// Runs `work` on the open link; when the link was idle before and turns out to be dead, once more
// on a new one. Only for work that a dead link can't have done: the first statement of a
// transaction, and reads.
template <class Work>
pqxx::result on_live_link(Connection::Impl& connection, Work work) {
  const bool may_be_stale = connection.link && connection.used && connection.options.reopen;
  try {
    pqxx::result result = work(connection.live());
    connection.used = true;
    return result;
  } catch (const pqxx::broken_connection&) {
    if (!may_be_stale) throw;
  }
  connection.link.reset();
  pqxx::result result = work(connection.live());
  connection.used = true;
  return result;
}

}  // namespace

Link& Connection::Impl::open() {
  if (!link || !link->is_open()) {
    static metrics::Counter& opened =
        metrics::counter("pg_connections_opened_total", "Database connections opened.");
    link.reset();
    used = false;
    static const metrics::OutgoingKind connects{"postgresql", "connect"};
    metrics::Outgoing call{connects};
    try {
      link = std::make_unique<Link>(conninfo(options, settings));
      call.succeeded();
    } catch (const pqxx::broken_connection& error) {
      throw UnavailableError{error.what()};
    }
    for (const std::string& channel : channels) link->listen(channel);
    opened.add();
  }
  return *link;
}

Link& Connection::Impl::live() {
  if (!options.reopen && (!link || !link->is_open())) {
    throw pqxx::broken_connection{"the connection is closed"};
  }
  return open();
}

Connection::Connection(Options options) : impl_{std::make_unique<Impl>()} {
  impl_->options = std::move(options);
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;

void Connection::ensure_open() {
  translated([&] { impl_->open(); });
}

bool Connection::is_open() const {
  return impl_->link && impl_->link->is_open();
}

void Connection::close() {
  impl_->link.reset();
}

void Connection::set(const std::string& setting, const std::string& value) {
  impl_->settings[setting] = value;
  close();  // the next use opens it with the setting
}

void Connection::work_by_key() {
  set("enable_seqscan", "off");
  set("enable_bitmapscan", "off");
}

void Connection::listen(const std::string& channel) {
  impl_->channels.insert(channel);
  translated([&] {
    const bool was_open = is_open();
    Link& link = impl_->open();
    if (was_open) link.listen(channel);
  });
}

bool Connection::wait_notification(std::chrono::milliseconds most) {
  return translated([&] { return impl_->open().wait_notification(most); });
}

// ---- Tx

struct Tx::Impl {
  Connection::Impl& connection;
  std::string waiting = "BEGIN";  // SQL that travels with the next statement
  bool begun = false;             // BEGIN has been sent
  bool commit_sent = false;
  bool committed = false;

  explicit Impl(Connection::Impl& on) : connection{on} {}
  ~Impl() { roll_back(); }

  // Sends what waits together with `more`.
  pqxx::result send(Link& link, std::string_view more) {
    std::string sql = waiting;
    sql += more;
    begun = true;
    pqxx::result result = link.exec(sql);
    waiting.clear();
    return result;
  }

  pqxx::result exec_first(const Statement& statement, std::span<const Param> params) {
    const std::string first = waiting;
    return on_live_link(connection, [&](Link& link) {
      waiting = first;
      link.prepare(statement);
      return exec_on(link, statement, params);
    });
  }

  pqxx::result exec_next(const Statement& statement, std::span<const Param> params) {
    Link& link = require_link();
    link.prepare(statement);
    return exec_on(link, statement, params);
  }

  pqxx::result exec_on(Link& link, const Statement& statement, std::span<const Param> params) {
    if (waiting.empty()) return link.bind(statement, params);
    if (waiting.size() + size_of(params) > kRideTogether) {
      send(link, {});
      return link.bind(statement, params);
    }
    std::string execute;
    append_execute(execute, statement, params);
    return send(link, execute);
  }

  Link& require_link() {
    if (!connection.link || !connection.link->is_open()) {
      throw pqxx::broken_connection{"the connection broke within the transaction"};
    }
    return *connection.link;
  }

  void commit() {
    if (!begun && waiting == "BEGIN") return;  // nothing was said, so there is nothing to commit
    Link& link = begun ? require_link() : connection.live();
    commit_sent = true;
    send(link, ";COMMIT");
    committed = true;
  }

  void roll_back() noexcept {
    if (!begun || committed || !connection.link) return;
    try {
      if (connection.link->is_open()) connection.link->exec("ROLLBACK");
    } catch (const std::exception&) {
      connection.link.reset();  // the server rolls back when the connection goes
    }
  }
};

Tx::Tx(Connection& connection) : impl_{std::make_unique<Impl>(*connection.impl_)} {}

Tx::~Tx() = default;

Rows Tx::run(const Statement& statement, std::span<const Param> params) {
  refuse_zero_bytes(params);
  return translated([&] {
    return wrap(impl_->begun ? impl_->exec_next(statement, params)
                             : impl_->exec_first(statement, params));
  });
}

void Tx::run_later(const Statement& statement, std::span<const Param> params) {
  refuse_zero_bytes(params);
  if (impl_->waiting.size() + size_of(params) > kRideTogether) {
    run(statement, params);
    return;
  }
  translated([&] {
    Link& link = impl_->begun ? impl_->require_link() : impl_->connection.live();
    link.prepare(statement);
    append_execute(impl_->waiting, statement, params);
  });
}

void Tx::commit() {
  try {
    translated([&] { impl_->commit(); });
  } catch (const TransientError& error) {
    // With the connection gone nobody knows whether COMMIT arrived.
    if (impl_->commit_sent && !impl_->connection.link->is_open()) throw InDoubtError{error.what()};
    throw;
  }
}

// ---- Session

Rows Session::run(const Statement& statement, std::span<const Param> params) {
  refuse_zero_bytes(params);
  return translated([&] {
    return wrap(on_live_link(*connection_.impl_, [&](Link& link) {
      link.prepare(statement);
      return link.bind(statement, params);
    }));
  });
}

}  // namespace waybill::pg
