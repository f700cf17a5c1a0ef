// A projection built anew beside its live tables: in a schema of its own, from the topics, while
// the live one goes on. It is compared row by row and takes the live tables' place only when it is
// told to, in one transaction; the old tables stay for a rollback.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/projection/definition.hpp"

namespace waybill::projection {

// What a person has to do about it: somebody else is rebuilding, there is no rebuild, …
class ShadowError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Partition = std::pair<std::string, std::int32_t>;
using Places = std::map<Partition, std::int64_t>;  // offset of the next event

// One row that is not the same.
struct Difference {
  enum class Kind {
    added,  // the rebuild has it, the live table does not
    lost,   // the live table has it, the rebuild does not
    changed
  };
  // Why, as far as the rows tell.
  enum class Cause {
    parked,     // the live projection has parked an event, perhaps of this row
    behind,     // the live row is older than what the topics tell
    untold,     // the live row is newer, or its event is in no topic
    other_code  // the same events, another result: the projection's code has changed
  };
  struct Field {
    std::string name, live, rebuilt;  // JSON
  };

  std::string table;
  std::string key;  // JSON object of the primary key
  Kind kind = Kind::changed;
  Cause cause = Cause::other_code;
  std::vector<Field> fields;  // those that differ
};

struct Comparison {
  struct Table {
    std::string name;
    std::int64_t rows = 0;  // of the live table
    std::int64_t added = 0, lost = 0, changed = 0;
  };
  std::vector<Table> tables;
  std::vector<Difference> differences;  // the first ones of each table
  Places at;                            // both tables hold exactly what is before these offsets

  std::int64_t count() const;  // of all differences
};

std::string_view to_string(Difference::Kind kind);
std::string_view to_string(Difference::Cause cause);

struct RebuildProgress {
  std::int64_t done = 0;   // events, since this call
  std::int64_t total = 0;  // of this call
  std::int64_t parked = 0;
};

class Shadow {
 public:
  // Locks the projection against other rebuilds for as long as it lives: ShadowError when there is
  // one. Throws pg::UnavailableError.
  Shadow(Definition definition, pg::Options database, messaging::KafkaBroker& kafka);
  ~Shadow();

  bool exists();
  // Empty tables, unless there is a rebuild that was begun.
  void begin();
  // Applies events up to these offsets (partitions that are not named: up to their present end),
  // from where it stood. `workers` share the partitions. Ends early, between two batches, when
  // `stop` is set. Returns the events applied.
  std::int64_t catch_up(const Places& until, std::size_t workers, const std::atomic<bool>& stop,
                        const std::function<void(const RebuildProgress&)>& tell);
  Places places();  // how far the rebuild is

  // Compares with the live tables at the very same offsets; the live projection goes on meanwhile.
  // At most `named` differences of each table are told by name. ShadowError when the live
  // projection is behind the rebuild for longer than `patience`.
  Comparison compare(std::int64_t named, milliseconds patience);
  // Compares and, when there are at most `most` differences, puts the rebuilt tables in the place
  // of the live ones, all in one transaction; the live projection waits meanwhile and goes on from
  // there. Second: whether it did.
  std::pair<Comparison, bool> switch_over(std::int64_t most, std::int64_t named,
                                          milliseconds patience);
  // The tables from before the last switch come back; what was live becomes the rebuild again.
  void roll_back();
  // Forgets the rebuild.
  void drop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Where the live projection stands, and where the topics end.
struct Standing {
  Partition partition;
  std::int64_t next = 0;
  std::int64_t end = 0;
};
std::vector<Standing> standings(pg::Connection& connection, messaging::KafkaBroker& kafka,
                                const Definition& definition);

}  // namespace waybill::projection
