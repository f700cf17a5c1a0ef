// A statement of a list under way. Each combination of filters and sort has a statement of its own,
// so that it is planned for itself; values are parameters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "libs/runtime/queries.hpp"

namespace waybill::file::store {

// What a list is sorted by, ties by `id`.
struct Order {
  const char* key;   // an expression; a text is folded by lower()
  const char* type;  // of the cursor's key, which comes as it is: bigint, timestamptz, text
  bool descending = false;
};

class Draft {
 public:
  explicit Draft(const char* begin) : text_{begin} {}

  // `{}` in the condition is the number of its parameter.
  void where(const char* condition, pg::Param param);
  void where_any(const char* condition, const std::vector<std::string>& values);
  // The page of `most` rows after the cursor. False when the cursor's key is not one of this sort.
  bool page(const Order& order, const char* id, const std::optional<runtime::Cursor>& after,
            std::int64_t most);
  pg::Rows run(pg::Session& session) const;

 private:
  std::string text_;
  std::vector<pg::Param> params_;
};

// A time as the key of a cursor.
std::string key_of(Instant at);

// A LIKE pattern for a substring in which nothing is special.
std::string substring_pattern(std::string_view text);

}  // namespace waybill::file::store
