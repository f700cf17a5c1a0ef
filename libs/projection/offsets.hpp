// Where a projection stands, in the database of its rows.
#pragma once

#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::projection {

// The stored offset is not the one we went on from: the events may have been applied already.
class MovedError : public std::runtime_error {
 public:
  MovedError() : std::runtime_error{"the projection's offsets were moved by somebody else"} {}
};

// Offsets behind the last event of a batch, per topic and partition.
using Advance = std::map<std::pair<std::string, std::int32_t>, std::int64_t>;

class Offsets {
 public:
  explicit Offsets(std::string projection) : projection_{std::move(projection)} {}

  // Where to start with newly assigned partitions. Throws as pg::Tx.
  std::vector<messaging::TopicPartition> load(
      pg::Connection& connection, const std::vector<messaging::TopicPartition>& assigned);
  // First statement of the transaction that applies `events`: moves the offsets behind them and
  // keeps their rows locked. Throws MovedError.
  Advance advance(pg::Tx& tx, std::span<const messaging::Event> events);
  // After the commit.
  void confirm(const Advance& advance);
  // Partitions that are another's now.
  void release(const std::vector<messaging::TopicPartition>& revoked);
  // Throws MovedError when somebody has put other offsets there (a rollback, a switch): no event
  // need come to find that out.
  void check(pg::Connection& connection) const;

 private:
  std::string projection_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> known_;  // of what is assigned
};

}  // namespace waybill::projection
