#include "services/identity/store/list_sql.hpp"

#include <map>
#include <mutex>

#include <fmt/format.h>

namespace waybill::identity::sql {
namespace {

struct Key {
  const char* expression;
  const char* after;
};

Key key_of(SortKey sort) {
  if (sort == SortKey::email) return {key_email, after_email};
  return {key_created_at, after_created_at};
}

// A statement under way: text and the number of its last parameter.
struct Draft {
  std::string text;
  int parameters = 0;

  void filter(bool wanted, const char* piece) {
    if (wanted) text += "\n     AND " + fmt::format(fmt::runtime(piece), ++parameters);
  }
};

void add_filters(Draft& draft, const ListShape& shape) {
  draft.filter(shape.by_email, filter_email);
  draft.filter(shape.by_username, filter_username);
  // Everybody is a customer.
  if (shape.by_role && shape.by_role != Role::customer) {
    draft.text += "\n     AND " + fmt::format(fmt::runtime(filter_role), to_string(*shape.by_role));
  }
}

std::string page_text(const ListShape& shape) {
  Draft draft{select_users};
  add_filters(draft, shape);
  const Key key = key_of(shape.sort);
  const char* direction = shape.descending ? "DESC" : "ASC";
  if (shape.after_cursor) {
    const int first = draft.parameters + 1;
    draft.parameters += 2;
    draft.text += "\n     AND " + fmt::format(fmt::runtime(key.after), shape.descending ? '<' : '>',
                                              first, first + 1);
  }
  draft.text += fmt::format("\n   ORDER BY {0} {1}, id {1}\n   LIMIT ${2}::bigint", key.expression,
                            direction, ++draft.parameters);
  return draft.text;
}

std::string count_text(const ListShape& shape) {
  Draft draft{select_count};
  add_filters(draft, shape);
  return draft.text;
}

// Names and texts that statements point to; there are only so many shapes.
const pg::Statement& keep(std::string name, std::string text) {
  struct Kept {
    std::string name, text;
    pg::Statement statement{};
  };
  static std::mutex mutex;
  static std::map<std::string, Kept> kept;
  const std::lock_guard lock{mutex};
  const auto [place, is_new] = kept.try_emplace(name);
  Kept& entry = place->second;
  if (is_new) {
    entry.name = std::move(name);
    entry.text = std::move(text);
    entry.statement = {entry.name.c_str(), entry.text.c_str()};
  }
  return entry.statement;
}

std::string filters_name(const ListShape& shape) {
  return fmt::format("{:d}{:d}{}", shape.by_email, shape.by_username,
                     shape.by_role ? static_cast<int>(*shape.by_role) : 0);
}

}  // namespace

const pg::Statement& list_users(const ListShape& shape) {
  return keep(fmt::format("list_users_{}_{:d}_{}{:d}", filters_name(shape), shape.after_cursor,
                          static_cast<int>(shape.sort), shape.descending),
              page_text(shape));
}

const pg::Statement& count_users(const ListShape& shape) {
  return keep("count_users_" + filters_name(shape), count_text(shape));
}

}  // namespace waybill::identity::sql
