#include "services/order/store/list_sql.hpp"

#include <fmt/format.h>

namespace waybill::order::sql {
namespace {

struct Text {
  std::string name;
  std::string sql;
};

// WHERE …; numbers the parameters and puts what was chosen into the statement's name.
void append_filters(Text& text, const ListShape& shape) {
  const std::array<std::tuple<bool, const char*, const char*>, 5> filters{{
      {shape.by_user, "user", filter_user},
      {shape.by_status, "status", filter_status},
      {shape.from, "from", filter_from},
      {shape.to, "to", filter_to},
      {shape.by_reference, "reference", filter_reference},
  }};
  const char* joint = "\n   WHERE ";
  int number = 0;
  for (const auto& [chosen, name, condition] : filters) {
    if (!chosen) continue;
    text.sql += joint + fmt::format(fmt::runtime(condition), ++number);
    text.name += std::string{"_"} + name;
    joint = "\n     AND ";
  }
  if (!shape.after_cursor) return;
  const char* type = shape.sort == SortKey::total_price ? "bigint" : "timestamptz";
  text.sql += fmt::format("{}({}, id) {} (${}::{}, ${}::uuid)", joint, expression(shape.sort),
                          shape.descending ? '<' : '>', number + 1, type, number + 2);
  text.name += "_after";
}

Text page_text(const ListShape& shape) {
  Text text{"list_orders", select_orders};
  append_filters(text, shape);
  const char* direction = shape.descending ? "DESC" : "ASC";
  text.sql += fmt::format("\n   ORDER BY {0} {1}, id {1}\n   LIMIT {2}", expression(shape.sort),
                          direction, most_rows(shape));
  text.name +=
      fmt::format("_by_{}_{}_{}", static_cast<int>(shape.sort), direction, most_rows(shape));
  return text;
}

Text count_text(ListShape shape) {
  shape.after_cursor = false;
  Text text{"count_orders", select_count};
  append_filters(text, shape);
  return text;
}

// Connections know statements by the addresses of their texts, so these are made once and stay.
const pg::Statement& keep(Text text) {
  struct Kept {
    Text text;
    pg::Statement statement;
  };
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Kept>> all;
  const std::lock_guard lock{mutex};
  std::unique_ptr<Kept>& kept = all[text.name];
  if (!kept) {
    kept = std::make_unique<Kept>(Kept{std::move(text), {}});
    kept->statement = {kept->text.name.c_str(), kept->text.sql.c_str()};
  }
  return kept->statement;
}

}  // namespace

const char* expression(SortKey key) {
  switch (key) {
    case SortKey::created_at:
      return "created_at";
    case SortKey::order_date:
      return "order_date";
    case SortKey::total_price:
      return "coalesce(total_price, -1)";
  }
  return "created_at";
}

std::size_t most_rows(const ListShape& shape) {
  return shape.long_page ? 101 : 11;
}

const pg::Statement& list_orders(const ListShape& shape) {
  return keep(page_text(shape));
}

const pg::Statement& count_orders(const ListShape& shape) {
  return keep(count_text(shape));
}

}  // namespace waybill::order::sql
