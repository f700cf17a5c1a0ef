// PostgreSQL for people who write SQL: named statements, transactions, rows. libpqxx stays inside.
// A Connection belongs to one thread at a time; a Tx to its Connection.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"

namespace waybill::pg {

// A statement has a name (prepared under it on first use per connection) and numbered parameters
// ($1 …). Define them as constants in store/sql.hpp. Never SELECT *.
struct Statement {
  const char* name;
  const char* sql;
};

// Classes of failure that callers treat differently; what() is for logs only.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// Worth a retry after a pause: connection lost, server away, deadlock, serialization, lock timeout,
// out of resources.
class TransientError : public Error {
 public:
  using Error::Error;
};
// The server can't be reached, is full or read-only: no statement of anybody would do better now.
class UnavailableError : public TransientError {
 public:
  using TransientError::TransientError;
};
// The connection broke during COMMIT: it may or may not have happened. Ask the inbox.
class InDoubtError : public TransientError {
 public:
  using TransientError::TransientError;
};
// A named constraint said no (unique, check, foreign key, not null).
class ConstraintError : public Error {
 public:
  ConstraintError(std::string constraint, const std::string& text)
      : Error{text}, constraint_{std::move(constraint)} {}
  const std::string& constraint() const { return constraint_; }

 private:
  std::string constraint_;
};

// One parameter in text form. Implicit, so that calls read tx.exec(sql::find_order, id).
class Param {
 public:
  Param(std::nullopt_t) {}
  Param(std::string_view text) : text_{std::string{text}} {}
  Param(const char* text) : text_{text} {}
  Param(std::string text) : text_{std::move(text)} {}
  Param(const Id& id) : text_{id.to_string()} {}
  Param(Instant at);
  Param(bool value) : text_{value ? "t" : "f"} {}
  Param(double value);  // finite; reads back as exactly the same
  template <std::integral T>
  Param(T value) : text_{std::to_string(value)} {}
  template <class T>
  Param(const std::optional<T>& value) {
    if (value) text_ = Param{*value}.text_;
  }
  const std::optional<std::string>& text() const { return text_; }

 private:
  std::optional<std::string> text_;
};

// Arrays for `unnest($1::uuid[])`: PostgreSQL's array literal, elements quoted where needed,
// nullopt as NULL.
class Array {
 public:
  Array() = default;
  void reserve(std::size_t elements) { text_.reserve(elements * 40); }
  void add(const Param& element);
  std::size_t size() const { return size_; }
  operator Param() const;  // NOLINT: used like a value

 private:
  std::string text_ = "{";
  std::size_t size_ = 0;
};
// Binary data as PostgreSQL's hex form (\x…) for a bytea parameter or array element.
Param bytes(std::string_view data);

class Rows;
class Row {
 public:
  bool is_null(int column) const;
  std::string_view text(int column) const;  // valid as long as the Rows; empty for NULL
  std::int64_t integer(int column) const;
  double real(int column) const;
  bool boolean(int column) const;
  Id id(int column) const;
  Instant instant(int column) const;    // timestamptz
  std::string bytes(int column) const;  // bytea
  std::optional<std::string> maybe_text(int column) const;
  std::optional<std::int64_t> maybe_integer(int column) const;
  std::optional<Id> maybe_id(int column) const;
  std::optional<Instant> maybe_instant(int column) const;

 private:
  friend class Rows;
  Row(const Rows& rows, int index) : rows_{rows}, index_{index} {}
  const Rows& rows_;
  int index_;
};

class Rows {
 public:
  struct Impl;
  explicit Rows(std::shared_ptr<const Impl> impl);
  int size() const;
  bool empty() const { return size() == 0; }
  std::int64_t affected() const;  // rows changed by INSERT, UPDATE, DELETE
  Row operator[](int index) const { return Row{*this, index}; }

  class Iterator {
   public:
    Iterator(const Rows& rows, int index) : rows_{&rows}, index_{index} {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Rows* rows_;
    int index_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  friend class Row;
  std::shared_ptr<const Impl> impl_;
};

struct Options {
  std::string url;  // libpq URI or key=value; secrets are never logged
  std::chrono::milliseconds connect_time{3'000};
  std::chrono::milliseconds statement_time{10'000};
  std::chrono::milliseconds lock_time{3'000};
  // A transaction that waits longer for its next statement is ended by the server, and its locks
  // with it: its process was stopped, or is cut off while its link looks alive. 0: never.
  std::chrono::milliseconds idle_time{15'000};
  std::string application_name = "waybill";
  // Whether a connection that died while idle is opened anew without a word. Not for one that holds
  // an advisory lock: its loss must be seen (TransientError until ensure_open() is called).
  bool reopen = true;
};

// A lazily opened connection that is opened anew after it broke. One Tx at a time.
class Connection {
 public:
  explicit Connection(Options options);
  ~Connection();
  Connection(Connection&&) noexcept;

  // Throws UnavailableError when the server is away.
  void ensure_open();
  bool is_open() const;
  void close();
  // Changes a setting of the session, now and after each reopening: "synchronous_commit", "off".
  void set(const std::string& setting, const std::string& value);
  // For connections whose statements find few rows by key: no scans of whole tables, whatever the
  // planner thought of a table that was empty when it looked; and no bitmaps, which leave the
  // entries of rows that are gone in the index, where a queue's next look finds thousands of them.
  // An index can still be walked from end to end: joins with unnest() say `AND t.id = ANY ($1)`
  // beside `t.id = u.id` against that.
  void work_by_key();
  // Blocks up to `most` for a NOTIFY on channels that were LISTENed to; true when one came. Not
  // while a Tx is open.
  void listen(const std::string& channel);
  bool wait_notification(std::chrono::milliseconds most);

  struct Impl;

 private:
  friend class Tx;
  friend class Session;
  std::unique_ptr<Impl> impl_;
};

// One transaction (READ COMMITTED): rolled back by the destructor unless commit() was called.
// BEGIN travels with the first statement and what later() was given with the next one or with
// COMMIT, so a transaction of k statements costs at most k + 1 round trips.
class Tx {
 public:
  // Nothing is sent yet. A connection that turns out to have died while idle is opened anew.
  explicit Tx(Connection& connection);
  ~Tx();
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;

  // Throws ConstraintError, TransientError or Error.
  template <class... Params>
  Rows exec(const Statement& statement, const Params&... params) {
    const std::array<Param, sizeof...(Params)> list{Param{params}...};
    return run(statement, list);
  }
  Rows run(const Statement& statement, std::span<const Param> params);
  // A statement whose rows nobody reads: sent together with the next one or with COMMIT, which
  // throws its errors.
  template <class... Params>
  void later(const Statement& statement, const Params&... params) {
    const std::array<Param, sizeof...(Params)> list{Param{params}...};
    run_later(statement, list);
  }
  void run_later(const Statement& statement, std::span<const Param> params);
  // Throws InDoubtError when the answer to COMMIT was lost.
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Single statements outside a transaction, for reads: one that finds its idle connection dead is
// sent again over a new one.
class Session {
 public:
  explicit Session(Connection& connection) : connection_{connection} {}
  template <class... Params>
  Rows exec(const Statement& statement, const Params&... params) {
    const std::array<Param, sizeof...(Params)> list{Param{params}...};
    return run(statement, list);
  }
  Rows run(const Statement& statement, std::span<const Param> params);

 private:
  Connection& connection_;
};

// A bounded set of connections shared by threads.
class Pool {
 public:
  Pool(Options options, std::size_t size);
  ~Pool();

  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection);
    Lease(Lease&&) noexcept = default;
    ~Lease();
    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };
  // Waits for a free one; throws TransientError after `most`.
  Lease take(std::chrono::milliseconds most = std::chrono::seconds{5});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::pg
