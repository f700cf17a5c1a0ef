#include "libs/projection/offsets.hpp"

#include <set>

#include "libs/projection/sql.hpp"

namespace waybill::projection {
std::vector<messaging::TopicPartition> Offsets::load(
    pg::Connection& connection, const std::vector<messaging::TopicPartition>& assigned) {
  pg::Array topics, partitions;
  std::set<std::pair<std::string, std::int32_t>> mine;
  for (const messaging::TopicPartition& partition : assigned) {
    topics.add(partition.topic);
    partitions.add(partition.partition);
    mine.emplace(partition.topic, partition.partition);
  }
  pg::Tx tx{connection};
  tx.later(sql::insert_offsets, projection_, topics, partitions);
  std::vector<messaging::TopicPartition> positions;
  for (const pg::Row row : tx.exec(sql::find_offsets, projection_)) {
    messaging::TopicPartition position;
    position.topic = row.text(0);
    position.partition = static_cast<std::int32_t>(row.integer(1));
    position.offset = row.integer(2);
    if (!mine.contains({position.topic, position.partition})) continue;
    known_[{position.topic, position.partition}] = position.offset;
    positions.push_back(std::move(position));
  }
  tx.commit();
  return positions;
}

Advance Offsets::advance(pg::Tx& tx, std::span<const messaging::Event> events) {
  Advance advance;
  for (const messaging::Event& event : events) {
    advance[{event.topic, event.partition}] = event.offset + 1;
  }
  pg::Array topics, partitions, expected, next;
  for (const auto& [partition, offset] : advance) {
    topics.add(partition.first);
    partitions.add(partition.second);
    const auto known = known_.find(partition);
    if (known == known_.end()) throw MovedError{};  // handed out before it was revoked
    expected.add(known->second);
    next.add(offset);
  }
  const auto moved =
      tx.exec(sql::move_offsets, projection_, topics, partitions, expected, next).affected();
  if (moved != static_cast<std::int64_t>(advance.size())) throw MovedError{};
  return advance;
}

void Offsets::confirm(const Advance& advance) {
  for (const auto& [partition, offset] : advance) known_[partition] = offset;
}

void Offsets::release(const std::vector<messaging::TopicPartition>& revoked) {
  for (const messaging::TopicPartition& partition : revoked) {
    known_.erase({partition.topic, partition.partition});
  }
}

void Offsets::check(pg::Connection& connection) const {
  std::size_t same = 0;
  for (const pg::Row row : pg::Session{connection}.exec(sql::find_offsets, projection_)) {
    const auto known =
        known_.find({std::string{row.text(0)}, static_cast<std::int32_t>(row.integer(1))});
    if (known == known_.end()) continue;
    if (known->second != row.integer(2)) throw MovedError{};
    ++same;
  }
  if (same != known_.size()) throw MovedError{};
}

}  // namespace waybill::projection
