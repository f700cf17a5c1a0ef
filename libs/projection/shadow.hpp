// A projection built anew beside its live tables: in a schema of its own, from the topics, while
// the live one goes on. It is compared row by row and takes the live tables' place only when it is
// told to, in one transaction; the old tables stay for a rollback.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/projection/comparison.hpp"
#include "libs/projection/rebuild.hpp"

namespace waybill::projection {

// What a person has to do about it: somebody else is rebuilding, there is no rebuild, …
class ShadowError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
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
