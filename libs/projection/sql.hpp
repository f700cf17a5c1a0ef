// All SQL of the projection library.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::projection::sql {

inline constexpr pg::Statement find_offsets{
    "find_offsets",
    "SELECT topic, partition, next_offset FROM projection_offset WHERE projection = $1"};

// A partition that was never seen starts at the beginning.
inline constexpr pg::Statement add_offsets{
    "add_offsets",
    "INSERT INTO projection_offset (projection, topic, partition, next_offset) "
    "SELECT $1, topic, partition, 0 FROM unnest($2::text[], $3::int[]) AS seen (topic, partition) "
    "ORDER BY topic, partition ON CONFLICT DO NOTHING"};

// Held until the commit: of two consumers that believe to own a partition one waits and then sees
// what was done.
inline constexpr pg::Statement lock_offsets{
    "lock_offsets",
    "SELECT topic, partition, next_offset FROM projection_offset "
    "WHERE projection = $1 AND (topic, partition) IN "
    "(SELECT topic, partition FROM unnest($2::text[], $3::int[]) AS seen (topic, partition)) "
    "ORDER BY topic, partition FOR UPDATE"};

inline constexpr pg::Statement move_offsets{
    "move_offsets",
    "UPDATE projection_offset SET next_offset = moved.next_offset "
    "FROM unnest($2::text[], $3::int[], $4::bigint[]) AS moved (topic, partition, next_offset) "
    "WHERE projection = $1 AND projection_offset.topic = moved.topic "
    "AND projection_offset.partition = moved.partition "
    "AND projection_offset.next_offset < moved.next_offset"};

}  // namespace waybill::projection::sql
