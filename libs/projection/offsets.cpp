#include "libs/projection/offsets.hpp"

namespace waybill::projection {
namespace {

namespace sql {

constexpr pg::Statement insert_offsets{
    "insert_offsets",
    "INSERT INTO projection_offset (projection, topic, partition, next_offset) "
    "SELECT $1, topic, partition, 0 FROM unnest($2::text[], $3::int[]) AS a (topic, partition) "
    "ON CONFLICT DO NOTHING"};

constexpr pg::Statement find_offsets{
    "find_offsets",
    "SELECT topic, partition, next_offset FROM projection_offset WHERE projection = $1"};

constexpr pg::Statement move_offsets{
    "move_offsets",
    "UPDATE projection_offset AS o SET next_offset = m.next_offset "
    "FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) "
    "AS m (topic, partition, expected, next_offset) "
    "WHERE o.projection = $1 AND o.topic = m.topic AND o.partition = m.partition "
    "AND o.next_offset = m.expected"};

}  // namespace sql

}  // namespace

std::vector<messaging::TopicPartition> Offsets::load(
    pg::Connection& connection, const std::vector<messaging::TopicPartition>& assigned) {
  pg::Array topics, partitions;
  for (const messaging::TopicPartition& partition : assigned) {
    topics.add(partition.topic);
    partitions.add(partition.partition);
  }
  pg::Tx tx{connection};
  tx.later(sql::insert_offsets, projection_, topics, partitions);
  std::vector<messaging::TopicPartition> positions;
  for (const pg::Row row : tx.exec(sql::find_offsets, projection_)) {
    messaging::TopicPartition position;
    position.topic = row.text(0);
    position.partition = static_cast<std::int32_t>(row.integer(1));
    position.offset = row.integer(2);
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
    expected.add(known_.at(partition));
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

}  // namespace waybill::projection
