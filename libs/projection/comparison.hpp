// Rows of live tables and of their twins in another schema, that differ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/projection/definition.hpp"
#include "libs/projection/places.hpp"

namespace waybill::projection {

// One row that is not the same.
struct Difference {
  enum class Kind {
    added,  // the rebuild has it, the live table does not
    lost,   // the live table has it, the rebuild does not
    changed
  };
  // Why, as far as the rows tell.
  enum class Cause {
    parked,     // the live projection has parked an event, perhaps of this row
    behind,     // the live row is older than what the topics tell
    untold,     // the live row is newer, or its event is in no topic
    other_code  // the same events, another result: the projection's code has changed
  };
  struct Field {
    std::string name, live, rebuilt;  // JSON
  };

  std::string table;
  std::string key;  // JSON object of the primary key
  Kind kind = Kind::changed;
  Cause cause = Cause::other_code;
  std::vector<Field> fields;  // those that differ
};

struct Comparison {
  struct Table {
    std::string name;
    std::int64_t rows = 0;  // of the live table
    std::int64_t added = 0, lost = 0, changed = 0;
  };
  std::vector<Table> tables;
  std::vector<Difference> differences;  // the first ones of each table
  Places at;                            // both tables hold exactly what is before these offsets

  std::int64_t count() const;  // of all differences
};

std::string_view to_string(Difference::Kind kind);
std::string_view to_string(Difference::Cause cause);

// Compares as the transaction sees them; at most `named` differences of each table are told by
// name. std::invalid_argument for a table without a primary key.
Comparison compare_tables(pg::Tx& tx, const Definition& definition, const std::string& schema,
                          std::int64_t named);

}  // namespace waybill::projection
