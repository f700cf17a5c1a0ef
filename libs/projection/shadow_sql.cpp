#include "libs/projection/shadow_sql.hpp"

#include <map>
#include <mutex>

namespace waybill::projection::sql {
namespace {

// The same text is the same statement; there are a few per projection.
pg::Statement keep(std::string text) {
  static std::mutex mutex;
  static std::map<std::string, std::string> names;  // by text
  const std::lock_guard guard{mutex};
  const auto [entry, is_new] = names.try_emplace(std::move(text));
  if (is_new) entry->second = fmt::format("shadow_{}", names.size());
  return {entry->second.c_str(), entry->first.c_str()};
}

}  // namespace

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += c;
    text += c;
  }
  return text + '"';
}

pg::Statement create_schema(const std::string& schema) {
  return keep("CREATE SCHEMA " + quoted(schema));
}

pg::Statement drop_schema(const std::string& schema) {
  return keep("DROP SCHEMA IF EXISTS " + quoted(schema) + " CASCADE");
}

pg::Statement move_table(const std::string& table, const std::string& from, const std::string& to) {
  return keep(
      fmt::format("ALTER TABLE {}.{} SET SCHEMA {}", quoted(from), quoted(table), quoted(to)));
}

pg::Statement copy_bookkeeping(const std::string& table, const std::string& from,
                               const std::string& to) {
  return keep(fmt::format("INSERT INTO {}.{} SELECT * FROM {}.{} WHERE projection = $1", quoted(to),
                          quoted(table), quoted(from), quoted(table)));
}

pg::Statement compare_table(const std::string& table, const std::string& schema,
                            std::span<const std::string> key) {
  std::string on;
  for (const std::string& column : key) {
    on += fmt::format("{}live.{} = made.{}", on.empty() ? "" : " AND ", quoted(column),
                      quoted(column));
  }
  const std::string first = quoted(key.front());
  return keep(fmt::format(R"(
  SELECT to_jsonb(live)::text, to_jsonb(made)::text,
         count(*) FILTER (WHERE live.{} IS NULL) OVER (),
         count(*) FILTER (WHERE made.{} IS NULL) OVER (),
         count(*) FILTER (WHERE live.{} IS NOT NULL AND made.{} IS NOT NULL) OVER ()
    FROM public.{} AS live FULL JOIN {}.{} AS made ON {}
   WHERE live::text IS DISTINCT FROM made::text
   LIMIT $1::bigint)",
                          first, first, first, first, quoted(table), quoted(schema), quoted(table),
                          on));
}

pg::Statement count_rows(const std::string& table) {
  return keep("SELECT count(*) FROM public." + quoted(table));
}

}  // namespace waybill::projection::sql
