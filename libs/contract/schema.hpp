// JSON Schema (2020-12, the part that libs/contract/README.md names) compiled into nodes, so that a
// check is a walk without look-ups by text. Patterns run on RE2: linear time, no recursion.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "libs/contract/contract.hpp"
#include "libs/contract/formats.hpp"

namespace re2 {
class RE2;
}

namespace waybill::contract {

enum Type : unsigned {
  kNull = 1,
  kBoolean = 2,
  kInteger = 4,
  kNumber = 8,
  kString = 16,
  kArray = 32,
  kObject = 64,
  kAnyType = 127,
};

struct Schema;

struct Property {
  std::string name;
  const Schema* schema = nullptr;
};

struct Schema {
  unsigned types = kAnyType;
  std::optional<boost::json::array> values;  // enum, const
  bool ignore_case = false;

  std::optional<std::int64_t> min_length, max_length;  // code points
  std::shared_ptr<const re2::RE2> pattern;
  std::optional<Format> format;

  std::optional<double> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;

  const Schema* items = nullptr;
  std::optional<std::int64_t> min_items, max_items;
  bool unique_items = false;

  std::vector<Property> properties;
  std::vector<std::string> required;
  std::optional<std::int64_t> min_properties;
  const Schema* additional = nullptr;  // additionalProperties as a schema
  bool additional_allowed = false;     // additionalProperties: true or a schema
  bool additional_refused = false;     // additionalProperties: false

  const Schema* ref = nullptr;
  std::vector<const Schema*> all_of, any_of, one_of;
  const Schema* not_ = nullptr;
  bool read_only = false;

  // Worked out over everything that describes the same value (this, ref, allOf, anyOf, oneOf).
  std::vector<std::string> known;  // members, sorted
  bool closed = false;             // members that are not known are refused
  bool ignored = false;            // read-only, here or in a ref

  const Property* find(std::string_view name) const;
};

// Calls `visit` for the schema and all others that describe the same value.
template <class Visit>
void for_each_in_place(const Schema& schema, const Visit& visit) {
  visit(schema);
  if (schema.ref) for_each_in_place(*schema.ref, visit);
  for (const auto* list : {&schema.all_of, &schema.any_of, &schema.one_of}) {
    for (const Schema* inner : *list) for_each_in_place(*inner, visit);
  }
}

// The compiled schemas of one document; they refer to each other by pointer and live as long as
// the store. `document` is needed while compiling only.
class SchemaStore {
 public:
  explicit SchemaStore(const boost::json::object& document) : document_{&document} {}
  SchemaStore(const SchemaStore&) = delete;
  SchemaStore& operator=(const SchemaStore&) = delete;

  // `place` is named by errors. Throws ContractError.
  const Schema* compile(const boost::json::value& schema, const std::string& place);
  // To be called once after the last compile(): works out what depends on all schemas.
  void finish();

 private:
  struct Known {
    const boost::json::value* source;
    Schema* schema;
  };

  void read_member(Schema& out, std::string_view key, const boost::json::value& value,
                   const std::string& place);
  bool read_string_or_number(Schema& out, std::string_view key, const boost::json::value& value,
                             const std::string& place);
  bool read_container(Schema& out, std::string_view key, const boost::json::value& value,
                      const std::string& place);
  void read_list(std::vector<const Schema*>& out, const boost::json::value& value,
                 const std::string& place);
  const Schema* compile_ref(const std::string& ref, const std::string& place);

  const boost::json::object* document_;
  std::deque<Schema> schemas_;
  std::map<const Schema*, std::string> places_;
  std::map<const boost::json::value*, Schema*> compiled_;  // recursion ends here
};

// Adds everything that is wrong with `value` to `out`, at most kMostViolations. `where` is the
// pointer of the value.
void check(const Schema& schema, const boost::json::value& value, std::string where,
           std::vector<Violation>& out);
inline constexpr std::size_t kMostViolations = 1'000;

// Removes members that no schema knows, and turns text into the number that the schema wants, at
// any depth.
void relax(const Schema& schema, boost::json::value& value);

// Removes read-only members, at any depth.
void strip_ignored(const Schema& schema, boost::json::value& value);
bool has_ignored_members(const Schema& schema);

// The value that a schema means by the text of a query parameter: "5" → 5 where it wants a number.
boost::json::value coerce(const Schema& schema, std::string_view text);
// All types that a value may have by this schema and those beside it.
unsigned allowed_types(const Schema& schema);

}  // namespace waybill::contract
