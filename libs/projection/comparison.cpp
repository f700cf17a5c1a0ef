#include "libs/projection/comparison.hpp"

#include <boost/json.hpp>

#include "libs/projection/shadow_sql.hpp"

namespace waybill::projection {
namespace {

namespace json = boost::json;

std::string text_of(const json::value* value) {
  return value ? json::serialize(*value) : "null";
}

std::int64_t version_in(const json::object& row) {
  const json::value* version = row.if_contains("version");
  return version && version->is_int64() ? version->get_int64() : -1;
}

Difference::Cause cause_of(const Difference& difference, const json::object& live,
                           const json::object& made, bool live_has_parked) {
  if (live_has_parked) return Difference::Cause::parked;
  if (difference.kind == Difference::Kind::added) return Difference::Cause::behind;
  if (difference.kind == Difference::Kind::lost) return Difference::Cause::untold;
  const std::int64_t before = version_in(live), after = version_in(made);
  if (before < after) return Difference::Cause::behind;
  if (before > after) return Difference::Cause::untold;
  return Difference::Cause::other_code;
}

json::object parse_row(const std::optional<std::string>& text) {
  return text ? json::parse(*text).as_object() : json::object{};
}

Difference to_difference(const pg::Row& row, const std::string& table,
                         std::span<const std::string> key, bool live_has_parked) {
  const json::object live = parse_row(row.maybe_text(0));
  const json::object made = parse_row(row.maybe_text(1));
  Difference difference;
  difference.table = table;
  difference.kind = live.empty()   ? Difference::Kind::added
                    : made.empty() ? Difference::Kind::lost
                                   : Difference::Kind::changed;
  difference.cause = cause_of(difference, live, made, live_has_parked);
  const json::object& any = live.empty() ? made : live;
  json::object id;
  for (const std::string& column : key) id[column] = any.at(column);
  difference.key = json::serialize(id);
  for (const auto& [name, value] : any) {
    const std::string before = text_of(live.if_contains(name));
    const std::string after = text_of(made.if_contains(name));
    if (before != after) difference.fields.push_back({std::string{name}, before, after});
  }
  return difference;
}

std::vector<std::string> key_of(pg::Tx& tx, const std::string& table) {
  std::vector<std::string> key;
  for (const pg::Row row : tx.exec(sql::find_key_columns, table)) key.emplace_back(row.text(0));
  if (key.empty()) throw std::invalid_argument{"table " + table + " has no primary key"};
  return key;
}

void compare_table(pg::Tx& tx, const std::string& table, const std::string& schema,
                   std::int64_t named, bool parked, Comparison& comparison) {
  const std::vector<std::string> key = key_of(tx, table);
  Comparison::Table counts{table, tx.exec(sql::count_rows(table))[0].integer(0)};
  const std::int64_t at_least_one = std::max<std::int64_t>(named, 1);  // the counts ride on it
  for (const pg::Row row : tx.exec(sql::compare_table(table, schema, key), at_least_one)) {
    counts.added = row.integer(2);
    counts.lost = row.integer(3);
    counts.changed = row.integer(4);
    if (named > 0) comparison.differences.push_back(to_difference(row, table, key, parked));
  }
  comparison.tables.push_back(counts);
}

}  // namespace

std::int64_t Comparison::count() const {
  std::int64_t sum = 0;
  for (const Table& table : tables) sum += table.added + table.lost + table.changed;
  return sum;
}

std::string_view to_string(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::added:
      return "added";
    case Difference::Kind::lost:
      return "lost";
    case Difference::Kind::changed:
      return "changed";
  }
  return "changed";
}

std::string_view to_string(Difference::Cause cause) {
  switch (cause) {
    case Difference::Cause::parked:
      return "parked";
    case Difference::Cause::behind:
      return "behind";
    case Difference::Cause::untold:
      return "untold";
    case Difference::Cause::other_code:
      return "other-code";
  }
  return "other-code";
}

Comparison compare_tables(pg::Tx& tx, const Definition& definition, const std::string& schema,
                          std::int64_t named) {
  Comparison comparison;
  const bool parked = tx.exec(sql::count_live_parked, definition.name)[0].integer(0) > 0;
  for (const std::string& table : definition.tables) {
    compare_table(tx, table, schema, named, parked, comparison);
  }
  return comparison;
}

}  // namespace waybill::projection
