// The statements on schemas and tables whose names are not known before. Identifiers are quoted
// where they are put in; each text is kept for ever under a name of its own, as statements are.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "libs/pg/pg.hpp"

namespace waybill::projection::sql {

inline constexpr pg::Statement try_lock{"try_lock_rebuild", R"(
  SELECT pg_try_advisory_lock(hashtextextended('waybill.rebuild.' || $1, 0)))"};

inline constexpr pg::Statement has_schema{"has_schema", R"(
  SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1))"};

inline constexpr pg::Statement make_twin{"make_twin", "SELECT make_twin_table($1, $2)"};

inline constexpr pg::Statement still_there{"still_there", "SELECT 1"};

inline constexpr pg::Statement put_offsets{"put_offsets", R"(
  INSERT INTO projection_offset (projection, topic, partition, next_offset)
  SELECT $1, topic, partition, next_offset
    FROM unnest($2::text[], $3::int[], $4::bigint[]) AS new (topic, partition, next_offset)
      ON CONFLICT (projection, topic, partition)
      DO UPDATE SET next_offset = excluded.next_offset)"};

inline constexpr pg::Statement find_live_offsets{"find_live_offsets", R"(
  SELECT topic, partition, next_offset
    FROM public.projection_offset
   WHERE projection = $1)"};

// The live projection waits from here on.
inline constexpr pg::Statement lock_live_offsets{"lock_live_offsets", R"(
  SELECT topic, partition, next_offset
    FROM public.projection_offset
   WHERE projection = $1
   ORDER BY topic, partition
     FOR UPDATE)"};

inline constexpr pg::Statement count_live_parked{"count_live_parked", R"(
  SELECT count(*) FROM public.parked_event WHERE projection = $1)"};

inline constexpr pg::Statement delete_live_offsets{"delete_live_offsets", R"(
  DELETE FROM public.projection_offset WHERE projection = $1)"};
inline constexpr pg::Statement delete_live_parked{"delete_live_parked", R"(
  DELETE FROM public.parked_event WHERE projection = $1)"};

inline constexpr pg::Statement find_key_columns{"find_key_columns", R"(
  SELECT attname
    FROM pg_index
    JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
   WHERE indrelid = format('public.%I', $1::text)::regclass AND indisprimary
   ORDER BY attnum)"};

// "\"name\"" (an identifier of PostgreSQL).
std::string quoted(std::string_view name);

pg::Statement create_schema(const std::string& schema);
pg::Statement drop_schema(const std::string& schema);
pg::Statement move_table(const std::string& table, const std::string& from, const std::string& to);
// $1: the projection whose offsets or parked events are copied.
pg::Statement copy_bookkeeping(const std::string& table, const std::string& from,
                               const std::string& to);
// live, rebuilt (JSON each), then added, lost, changed of the whole table; nothing when all rows
// are the same. $1: how many rows at most.
pg::Statement compare_table(const std::string& table, const std::string& schema,
                            std::span<const std::string> key);
pg::Statement count_rows(const std::string& table);

}  // namespace waybill::projection::sql
