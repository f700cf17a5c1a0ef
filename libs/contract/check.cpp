#include <charconv>
#include <cmath>

#include <re2/re2.h>

#include "libs/contract/schema.hpp"

namespace waybill::contract {
namespace {

namespace json = boost::json;

// "/" and "~" of a member name in a JSON pointer (RFC 6901).
std::string pointer_token(std::string_view name) {
  std::string token;
  for (const char c : name) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

bool is_whole(double number) {
  return std::trunc(number) == number && number >= -0x1p63 && number < 0x1p63;
}

unsigned type_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return kNull;
    case json::kind::bool_:
      return kBoolean;
    case json::kind::int64:
      return kInteger | kNumber;
    case json::kind::uint64:  // above the largest int64: a number, but no integer of ours
      return kNumber;
    case json::kind::double_:
      return is_whole(value.get_double()) ? kInteger | kNumber : kNumber;
    case json::kind::string:
      return kString;
    case json::kind::array:
      return kArray;
    case json::kind::object:
      return kObject;
  }
  return 0;
}

std::string describe_types(unsigned types) {
  constexpr std::array<std::pair<Type, std::string_view>, 7> kNames{{{kString, "a string"},
                                                                     {kNumber, "a number"},
                                                                     {kInteger, "an integer"},
                                                                     {kBoolean, "true or false"},
                                                                     {kArray, "a list"},
                                                                     {kObject, "an object"},
                                                                     {kNull, "null"}}};
  std::string text;
  for (const auto& [type, name] : kNames) {
    const bool said_by_number = type == kInteger && (types & kNumber);
    if (!(types & type) || said_by_number) continue;
    if (!text.empty()) text += " or ";
    text += name;
  }
  return text;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

bool is_allowed(const Schema& schema, const json::value& value) {
  for (const auto& allowed : *schema.values) {
    if (schema.ignore_case && allowed.is_string() && value.is_string() &&
        equal_ignoring_case(allowed.get_string(), value.get_string())) {
      return true;
    }
    if (allowed == value) return true;
  }
  return false;
}

std::string list_values(const json::array& values) {
  std::string text;
  for (const auto& value : values) {
    if (!text.empty()) text += ", ";
    text += value.is_string() ? std::string{value.get_string()} : json::serialize(value);
  }
  return text;
}

class Checker {
 public:
  Checker(std::string where, std::vector<Violation>& out) : where_{std::move(where)}, out_{out} {}

  // The value with everything that describes it.
  void check_value(const Schema& schema, const json::value& value) {
    check_in_place(schema, value);
    if (schema.closed && value.is_object()) check_unknown(schema, value.get_object());
  }

 private:
  void report(std::string message) {
    if (out_.size() < kMostViolations) out_.push_back({where_, true, std::move(message)});
  }

  void report_at(std::string_view member, std::string message) {
    if (out_.size() < kMostViolations) {
      out_.push_back({where_ + '/' + pointer_token(member), true, std::move(message)});
    }
  }

  void check_in_place(const Schema& schema, const json::value& value) {
    if (schema.ref) check_in_place(*schema.ref, value);
    for (const Schema* inner : schema.all_of) check_in_place(*inner, value);
    if (!(type_of(value) & schema.types)) {
      report("must be " + describe_types(schema.types));
      return;  // what else the schema says is about another type
    }
    if (schema.values && !is_allowed(schema, value)) report(value_message(schema));
    switch (value.kind()) {
      case json::kind::string:
        check_string(schema, value.get_string());
        break;
      case json::kind::array:
        check_array(schema, value.get_array());
        break;
      case json::kind::object:
        check_object(schema, value.get_object());
        break;
      case json::kind::int64:
      case json::kind::uint64:
      case json::kind::double_:
        check_number(schema, value.to_number<double>());
        break;
      default:
        break;
    }
    check_choices(schema, value);
  }

  static std::string value_message(const Schema& schema) {
    const std::string_view start = schema.values->size() == 1 ? "must be " : "must be one of ";
    return std::string{start} + list_values(*schema.values);
  }

  void check_string(const Schema& schema, std::string_view text) {
    if (text.find('\0') != std::string_view::npos) report("must not contain the character NUL");
    if (schema.min_length || schema.max_length) {
      const auto length = static_cast<std::int64_t>(count_code_points(text));
      if (schema.min_length && length < *schema.min_length) {
        report(*schema.min_length == 1
                   ? std::string{"must not be empty"}
                   : fmt::format("must have at least {} characters", *schema.min_length));
      }
      if (schema.max_length && length > *schema.max_length) {
        report(fmt::format("must have at most {} characters", *schema.max_length));
      }
    }
    if (schema.pattern &&
        !RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, *schema.pattern)) {
      report("must match " + schema.pattern->pattern());
    }
    if (schema.format && !has_format(*schema.format, text)) {
      report(fmt::format("must be {}", describe(*schema.format)));
    }
  }

  void check_number(const Schema& schema, double number) {
    if (schema.minimum && number < *schema.minimum) {
      report(fmt::format("must be at least {}", plain(*schema.minimum)));
    }
    if (schema.maximum && number > *schema.maximum) {
      report(fmt::format("must be at most {}", plain(*schema.maximum)));
    }
    if (schema.exclusive_minimum && number <= *schema.exclusive_minimum) {
      report(fmt::format("must be above {}", plain(*schema.exclusive_minimum)));
    }
    if (schema.exclusive_maximum && number >= *schema.exclusive_maximum) {
      report(fmt::format("must be below {}", plain(*schema.exclusive_maximum)));
    }
    if (schema.multiple_of && std::remainder(number, *schema.multiple_of) != 0) {
      report(fmt::format("must be a multiple of {}", plain(*schema.multiple_of)));
    }
  }

  static std::string plain(double bound) {
    return is_whole(bound) ? fmt::format("{:.0f}", bound) : fmt::format("{}", bound);
  }

  void check_array(const Schema& schema, const json::array& list) {
    const auto size = static_cast<std::int64_t>(list.size());
    if (schema.min_items && size < *schema.min_items) {
      report(fmt::format("must have at least {} item(s)", *schema.min_items));
    }
    if (schema.max_items && size > *schema.max_items) {
      report(fmt::format("must have at most {} item(s)", *schema.max_items));
    }
    if (schema.unique_items && has_repeats(list)) report("must not repeat an item");
    if (!schema.items) return;
    const std::size_t length = where_.size();
    for (std::size_t i = 0; i < list.size() && out_.size() < kMostViolations; ++i) {
      where_ += '/';
      where_ += fmt::format_int(i).c_str();
      check_value(*schema.items, list[i]);
      where_.resize(length);
    }
  }

  static bool has_repeats(const json::array& list) {
    std::set<std::string> seen;
    return std::any_of(list.begin(), list.end(), [&](const json::value& item) {
      return !seen.insert(json::serialize(item)).second;
    });
  }

  void check_object(const Schema& schema, const json::object& object) {
    for (const std::string& name : schema.required) {
      const Property* property = schema.find(name);
      const bool ignored = property && property->schema->ignored;
      if (!ignored && !object.contains(name)) report_at(name, "is required");
    }
    if (schema.min_properties &&
        static_cast<std::int64_t>(object.size()) < *schema.min_properties) {
      report(fmt::format("must have at least {} member(s)", *schema.min_properties));
    }
    const std::size_t length = where_.size();
    for (const auto& member : object) {
      const Property* property = schema.find(member.key());
      const Schema* inner = property ? property->schema : schema.additional;
      if (!inner || inner->ignored) continue;
      where_ += '/';
      where_ += pointer_token(member.key());
      check_value(*inner, member.value());
      where_.resize(length);
    }
  }

  void check_unknown(const Schema& schema, const json::object& object) {
    for (const auto& member : object) {
      const std::string_view name = member.key();
      if (!std::binary_search(schema.known.begin(), schema.known.end(), name)) {
        report_at(name, "is not known here");
      }
    }
  }

  std::vector<Violation> try_out(const Schema& schema, const json::value& value) const {
    std::vector<Violation> found;
    Checker{where_, found}.check_in_place(schema, value);
    return found;
  }

  // Of several forms none of which fits, the complaints about the one that is nearest.
  void report_nearest(const std::vector<const Schema*>& forms, const json::value& value) {
    std::vector<Violation> nearest;
    std::pair<bool, std::size_t> nearest_rank{true, std::numeric_limits<std::size_t>::max()};
    for (const Schema* form : forms) {
      auto found = try_out(*form, value);
      const bool wrong_type = !(allowed_types(*form) & type_of(value));
      const std::pair<bool, std::size_t> rank{wrong_type, found.size()};
      if (rank < nearest_rank) {
        nearest_rank = rank;
        nearest = std::move(found);
      }
    }
    for (auto& violation : nearest) {
      if (out_.size() < kMostViolations) out_.push_back(std::move(violation));
    }
  }

  void check_choices(const Schema& schema, const json::value& value) {
    const auto fits = [&](const Schema* form) { return try_out(*form, value).empty(); };
    if (!schema.any_of.empty() && std::none_of(schema.any_of.begin(), schema.any_of.end(), fits)) {
      report_nearest(schema.any_of, value);
    }
    if (!schema.one_of.empty()) {
      const auto count = std::count_if(schema.one_of.begin(), schema.one_of.end(), fits);
      if (count == 0) report_nearest(schema.one_of, value);
      if (count > 1) report("must have exactly one of the allowed forms");
    }
    if (schema.not_ && fits(schema.not_)) report("has a form that is not allowed");
  }

  std::string where_;
  std::vector<Violation>& out_;
};

}  // namespace

void check(const Schema& schema, const json::value& value, std::string where,
           std::vector<Violation>& out) {
  Checker{std::move(where), out}.check_value(schema, value);
}

unsigned allowed_types(const Schema& schema) {
  unsigned types = schema.types;
  if (schema.ref) types &= allowed_types(*schema.ref);
  for (const Schema* inner : schema.all_of) types &= allowed_types(*inner);
  for (const auto* list : {&schema.any_of, &schema.one_of}) {
    if (list->empty()) continue;
    unsigned either = 0;
    for (const Schema* inner : *list) either |= allowed_types(*inner);
    types &= either;
  }
  return types;
}

json::value coerce(const Schema& schema, std::string_view text) {
  const unsigned types = allowed_types(schema);
  if (types & kString) return json::string{text};
  if ((types & kBoolean) && text == "true") return true;
  if ((types & kBoolean) && text == "false") return false;
  if (types & (kInteger | kNumber)) {
    json::error_code error;
    json::value number = json::parse(text, error);
    if (!error && number.is_number() && !text.empty() && !std::isspace(text.front()) &&
        !std::isspace(text.back())) {
      return number;
    }
  }
  return json::string{text};  // fails the check of its type, with the right words
}

namespace {

void drop_unknown(const Schema& schema, json::object& object) {
  for (auto member = object.begin(); member != object.end();) {
    const std::string_view name = member->key();
    const bool known = std::binary_search(schema.known.begin(), schema.known.end(), name);
    member = known ? std::next(member) : object.erase(member);
  }
}

}  // namespace

void relax(const Schema& schema, json::value& value) {
  const unsigned types = allowed_types(schema);
  if (const auto* text = value.if_string(); text && !(types & (kString | kBoolean))) {
    json::value number = coerce(schema, *text);
    if (number.is_number() && std::isfinite(number.to_number<double>())) value = std::move(number);
    return;
  }
  if (auto* object = value.if_object(); object && schema.closed) drop_unknown(schema, *object);
  for_each_in_place(schema, [&](const Schema& part) {
    if (auto* object = value.if_object()) {
      for (const Property& property : part.properties) {
        if (auto* member = object->if_contains(property.name)) relax(*property.schema, *member);
      }
    } else if (auto* list = value.if_array(); list && part.items) {
      for (auto& element : *list) relax(*part.items, element);
    }
  });
}

namespace {

bool has_ignored(const Schema& schema, std::set<const Schema*>& seen) {
  if (!seen.insert(&schema).second) return false;
  bool found = false;
  for_each_in_place(schema, [&](const Schema& part) {
    for (const Property& property : part.properties) {
      found = found || property.schema->ignored || has_ignored(*property.schema, seen);
    }
    found = found || (part.items && has_ignored(*part.items, seen));
  });
  return found;
}

}  // namespace

bool has_ignored_members(const Schema& schema) {
  std::set<const Schema*> seen;
  return has_ignored(schema, seen);
}

void strip_ignored(const Schema& schema, json::value& value) {
  for_each_in_place(schema, [&](const Schema& part) {
    if (auto* object = value.if_object()) {
      for (const Property& property : part.properties) {
        if (property.schema->ignored) {
          object->erase(property.name);
        } else if (auto* member = object->if_contains(property.name)) {
          strip_ignored(*property.schema, *member);
        }
      }
    } else if (auto* list = value.if_array(); list && part.items) {
      for (auto& element : *list) strip_ignored(*part.items, element);
    }
  });
}

}  // namespace waybill::contract
