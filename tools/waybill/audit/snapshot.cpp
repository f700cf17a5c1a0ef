#include "tools/waybill/audit/snapshot.hpp"

#include <deque>
#include <mutex>

namespace waybill::tool::audit {
namespace {

constexpr int kPortion = 5000;

constexpr pg::Statement set_limits{
    "set_limits",
    "SELECT set_config('audit.since', $1, true), set_config('audit.until', $2, true), "
    "set_config('audit.stuck', $3, true)"};

pg::Connection connect(const std::string& url) {
  pg::Options options;
  options.url = url;
  options.application_name = "waybill.audit";
  options.statement_time = std::chrono::milliseconds{0};  // sorting a million rows takes its time
  options.idle_time = std::chrono::milliseconds{0};       // the other services are read meanwhile
  options.reopen = false;
  pg::Connection connection{std::move(options)};
  connection.set("default_transaction_isolation", "repeatable read");
  connection.set("default_transaction_read_only", "on");
  connection.set("cursor_tuple_fraction", "1");
  connection.set("work_mem", "64MB");
  connection.set("jit", "off");
  connection.ensure_open();
  return connection;
}

// Statements are known to a connection by name and text for as long as it lives.
const char* keep(std::string text) {
  static std::mutex mutex;
  static std::deque<std::string> texts;
  const std::lock_guard lock{mutex};
  return texts.emplace_back(std::move(text)).c_str();
}

std::string fresh_name() {
  static std::atomic<int> last{0};
  return "audit_" + std::to_string(++last);
}

}  // namespace

Snapshot::Snapshot(const std::string& url, const Limits& limits)
    : connection_{connect(url)}, tx_{std::make_unique<pg::Tx>(connection_)} {
  tx_->exec(set_limits, limits.since, limits.until, limits.stuck);
}

Snapshot::~Snapshot() = default;

Cursor::Cursor(Snapshot& snapshot, const std::string& query) : tx_{snapshot.tx()} {
  const std::string name = fresh_name();
  fetch_ = {keep("fetch_" + name), keep(fmt::format("FETCH {} FROM {}", kPortion, name))};
  close_ = {keep("close_" + name), keep("CLOSE " + name)};
  const pg::Statement declare{keep("declare_" + name),
                              keep("DECLARE " + name + " NO SCROLL CURSOR FOR " + query)};
  tx_.exec(declare);
}

Cursor::~Cursor() {
  try {
    tx_.exec(close_);
  } catch (const pg::Error&) {
    // The transaction is broken already, and the cursor with it.
  }
}

bool Cursor::next() {
  if (rows_ && at_ + 1 < rows_->size()) {
    ++at_;
    return true;
  }
  if (rows_ && rows_->size() < kPortion) return false;
  rows_ = tx_.exec(fetch_);
  at_ = 0;
  return !rows_->empty();
}

}  // namespace waybill::tool::audit
