// Offsets of partitions, and the events between two sets of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::projection {

using Partition = std::pair<std::string, std::int32_t>;
using Places = std::map<Partition, std::int64_t>;  // offset of the next event

// Rows of topic, partition, next_offset.
Places read_places(const pg::Rows& rows);
// 0 for a partition that is not named.
std::int64_t place_in(const Places& places, const Partition& partition);
// How many offsets lie between them, in the partitions that `to` names.
std::int64_t distance(const Places& from, const Places& to);

// Events of [from, to) of each partition that `to` names, a batch at a time. Throws
// std::runtime_error when Kafka goes away.
class Range {
 public:
  Range(messaging::KafkaBroker& kafka, const Places& from, const Places& to);

  bool is_finished() const { return open_.empty(); }
  // Perhaps none, after a moment.
  std::vector<messaging::Event> next();

 private:
  bool take(const messaging::Event& event);

  messaging::KafkaBroker& kafka_;
  Places open_;  // where each partition ends that is still to be read
  std::unique_ptr<messaging::EventConsumer> consumer_;
  int empty_polls_ = 0;
};

}  // namespace waybill::projection
