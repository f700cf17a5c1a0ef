// All SQL of the projection library but that of schemas and tables, which is made in
// shadow_sql.hpp. Names have no schema: a rebuild has tables of its own that its search_path finds
// first.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::projection::sql {

// A partition that was never seen starts at the beginning.
inline constexpr pg::Statement insert_offsets{"insert_offsets", R"(
  INSERT INTO projection_offset (projection, topic, partition, next_offset)
  SELECT $1, topic, partition, 0
    FROM unnest($2::text[], $3::int[]) AS seen (topic, partition)
      ON CONFLICT DO NOTHING)"};

inline constexpr pg::Statement find_offsets{"find_offsets", R"(
  SELECT topic, partition, next_offset
    FROM projection_offset
   WHERE projection = $1)"};

// Only from where the caller knows them to be; the rows stay locked until the commit.
inline constexpr pg::Statement move_offsets{"move_offsets", R"(
  UPDATE projection_offset AS o
     SET next_offset = m.next_offset
    FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[])
         AS m (topic, partition, expected, next_offset)
   WHERE o.projection = $1 AND o.topic = m.topic AND o.partition = m.partition
     AND o.next_offset = m.expected)"};

// Holds up whoever applies events of the partition: what is parked can't change meanwhile.
inline constexpr pg::Statement lock_offset{"lock_offset", R"(
  SELECT next_offset
    FROM projection_offset
   WHERE projection = $1 AND topic = $2 AND partition = $3::int
     FOR UPDATE)"};

// ---- parked events ----

inline constexpr pg::Statement insert_parked{"insert_parked", R"(
  INSERT INTO parked_event (projection, topic, partition, position, key, headers, value,
                            timestamp_ms, reason, attempts)
  VALUES ($1, $2, $3::int, $4::bigint, $5, $6::json, $7::bytea, $8::bigint, $9,
          CASE WHEN $9::text IS NULL THEN 0 ELSE 1 END))"};

inline constexpr pg::Statement count_parked{"count_parked", R"(
  SELECT count(*) FROM parked_event WHERE projection = $1)"};

// Of these keys those that wait behind a parked event.
inline constexpr pg::Statement find_parked_keys{"find_parked_keys", R"(
  SELECT DISTINCT parked.topic, parked.key
    FROM unnest($2::text[], $3::text[]) AS wanted (topic, key)
    JOIN parked_event AS parked
      ON parked.projection = $1 AND parked.topic = wanted.topic AND parked.key = wanted.key)"};

inline constexpr pg::Statement list_parked{"list_parked", R"(
  SELECT topic, partition, position, key, reason, attempts, parked_at, tried_at
    FROM parked_event
   WHERE projection = $1
   ORDER BY topic, partition, position
   LIMIT $2::bigint)"};

inline constexpr pg::Statement find_parked{"find_parked", R"(
  SELECT key, headers, value, timestamp_ms
    FROM parked_event
   WHERE projection = $1 AND topic = $2 AND partition = $3::int AND position = $4::bigint)"};

inline constexpr pg::Statement delete_parked{"delete_parked", R"(
  DELETE FROM parked_event
   WHERE projection = $1 AND topic = $2 AND partition = $3::int AND position = $4::bigint)"};

inline constexpr pg::Statement note_attempt{"note_attempt", R"(
  UPDATE parked_event
     SET attempts = attempts + 1, reason = $5, tried_at = now()
   WHERE projection = $1 AND topic = $2 AND partition = $3::int AND position = $4::bigint)"};

}  // namespace waybill::projection::sql
