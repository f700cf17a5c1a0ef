#include "libs/contract/schema.hpp"

#include <re2/re2.h>

namespace waybill::contract {
namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::string& place, const std::string& message) {
  throw ContractError{place + ": " + message};
}

unsigned parse_type(std::string_view name, const std::string& place) {
  if (name == "null") return kNull;
  if (name == "boolean") return kBoolean;
  if (name == "integer") return kInteger;
  if (name == "number") return kNumber | kInteger;
  if (name == "string") return kString;
  if (name == "array") return kArray;
  if (name == "object") return kObject;
  fail(place, fmt::format("'{}' is no type", name));
}

unsigned parse_types(const json::value& value, const std::string& place) {
  if (const auto* name = value.if_string()) return parse_type(*name, place);
  const auto* list = value.if_array();
  if (!list) fail(place, "type must be a name or a list of names (quote 'null')");
  unsigned types = 0;
  for (const auto& name : *list) {
    if (!name.is_string()) fail(place, "type must be a list of names (quote 'null')");
    types |= parse_type(name.get_string(), place);
  }
  return types;
}

std::int64_t parse_count(const json::value& value, const std::string& place) {
  if (!value.is_int64() || value.get_int64() < 0) fail(place, "must be a whole number from 0");
  return value.get_int64();
}

double parse_bound(const json::value& value, const std::string& place) {
  if (!value.is_number()) fail(place, "must be a number");
  return value.to_number<double>();
}

bool parse_flag(const json::value& value, const std::string& place) {
  if (!value.is_bool()) fail(place, "must be true or false");
  return value.get_bool();
}

std::shared_ptr<const re2::RE2> parse_pattern(const json::value& value, const std::string& place) {
  if (!value.is_string()) fail(place, "must be a string");
  RE2::Options options;
  options.set_log_errors(false);
  auto pattern = std::make_shared<RE2>(std::string{value.get_string()}, options);
  if (!pattern->ok()) fail(place, "no pattern that RE2 understands: " + pattern->error());
  return pattern;
}

bool is_documentation(std::string_view key) {
  constexpr std::array<std::string_view, 11> kDocumentation{
      "title",     "description", "examples",     "example", "default",      "deprecated",
      "writeOnly", "$comment",    "externalDocs", "xml",     "discriminator"};
  return std::find(kDocumentation.begin(), kDocumentation.end(), key) != kDocumentation.end();
}

}  // namespace

const Property* Schema::find(std::string_view name) const {
  for (const Property& property : properties) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

const Schema* SchemaStore::compile(const json::value& schema, const std::string& place) {
  if (const auto known = compiled_.find(&schema); known != compiled_.end()) return known->second;
  if (schema.is_bool() && schema.get_bool()) return &schemas_.emplace_back();
  const auto* object = schema.if_object();
  if (!object) fail(place, "a schema must be a mapping");
  Schema& out = schemas_.emplace_back();
  compiled_[&schema] = &out;
  places_[&out] = place;
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    read_member(out, key, member.value(), fmt::format("{}/{}", place, key));
  }
  return &out;
}

void SchemaStore::read_member(Schema& out, std::string_view key, const json::value& value,
                              const std::string& place) {
  if (is_documentation(key)) return;
  if (read_string_or_number(out, key, value, place)) return;
  if (read_container(out, key, value, place)) return;
  if (key == "type") {
    out.types = parse_types(value, place);
  } else if (key == "enum") {
    if (!value.is_array() || value.get_array().empty()) fail(place, "must be a list of values");
    out.values = value.get_array();
  } else if (key == "const") {
    out.values = json::array{value};
  } else if (key == "x-ignore-case") {
    out.ignore_case = parse_flag(value, place);
  } else if (key == "readOnly") {
    out.read_only = parse_flag(value, place);
  } else if (key == "$ref") {
    if (!value.is_string()) fail(place, "must be a string");
    out.ref = compile_ref(std::string{value.get_string()}, place);
  } else if (key == "allOf") {
    read_list(out.all_of, value, place);
  } else if (key == "anyOf") {
    read_list(out.any_of, value, place);
  } else if (key == "oneOf") {
    read_list(out.one_of, value, place);
  } else if (key == "not") {
    out.not_ = compile(value, place);
  } else {
    fail(place, "an unknown keyword would check nothing (see libs/contract/README.md)");
  }
}

bool SchemaStore::read_string_or_number(Schema& out, std::string_view key, const json::value& value,
                                        const std::string& place) {
  if (key == "minLength") {
    out.min_length = parse_count(value, place);
  } else if (key == "maxLength") {
    out.max_length = parse_count(value, place);
  } else if (key == "pattern") {
    out.pattern = parse_pattern(value, place);
  } else if (key == "format") {
    if (!value.is_string()) fail(place, "must be a string");
    out.format = parse_format(value.get_string());
  } else if (key == "minimum") {
    out.minimum = parse_bound(value, place);
  } else if (key == "maximum") {
    out.maximum = parse_bound(value, place);
  } else if (key == "exclusiveMinimum") {
    out.exclusive_minimum = parse_bound(value, place);
  } else if (key == "exclusiveMaximum") {
    out.exclusive_maximum = parse_bound(value, place);
  } else if (key == "multipleOf") {
    out.multiple_of = parse_bound(value, place);
    if (*out.multiple_of <= 0) fail(place, "must be above 0");
  } else {
    return false;
  }
  return true;
}

bool SchemaStore::read_container(Schema& out, std::string_view key, const json::value& value,
                                 const std::string& place) {
  if (key == "properties") {
    if (!value.is_object()) fail(place, "must be a mapping");
    for (const auto& member : value.get_object()) {
      const std::string name{member.key()};
      out.properties.push_back({name, compile(member.value(), place + '/' + name)});
    }
  } else if (key == "required") {
    if (!value.is_array()) fail(place, "must be a list of names");
    for (const auto& name : value.get_array()) {
      if (!name.is_string()) fail(place, "must be a list of names");
      out.required.emplace_back(name.get_string());
    }
  } else if (key == "additionalProperties") {
    out.additional_allowed = !value.is_bool() || value.get_bool();
    out.additional_refused = !out.additional_allowed;
    if (!value.is_bool()) out.additional = compile(value, place);
  } else if (key == "minProperties") {
    out.min_properties = parse_count(value, place);
  } else if (key == "items") {
    out.items = compile(value, place);
  } else if (key == "minItems") {
    out.min_items = parse_count(value, place);
  } else if (key == "maxItems") {
    out.max_items = parse_count(value, place);
  } else if (key == "uniqueItems") {
    out.unique_items = parse_flag(value, place);
  } else {
    return false;
  }
  return true;
}

void SchemaStore::read_list(std::vector<const Schema*>& out, const json::value& value,
                            const std::string& place) {
  if (!value.is_array() || value.get_array().empty()) fail(place, "must be a list of schemas");
  std::size_t index = 0;
  for (const auto& schema : value.get_array()) {
    out.push_back(compile(schema, fmt::format("{}/{}", place, index++)));
  }
}

const Schema* SchemaStore::compile_ref(const std::string& ref, const std::string& place) {
  constexpr std::string_view kHome = "#/components/schemas/";
  const auto* components = document_->if_contains("components");
  const auto* schemas = components && components->is_object()
                            ? components->get_object().if_contains("schemas")
                            : nullptr;
  if (ref.starts_with(kHome) && schemas && schemas->is_object()) {
    const std::string name = ref.substr(kHome.size());
    const auto* target = schemas->get_object().if_contains(name);
    if (target) return compile(*target, ref);
  }
  fail(place, fmt::format("'{}' leads nowhere", ref));
}

namespace {

// A schema that describes itself by itself would be checked for ever.
void refuse_cycles(const Schema& schema, std::vector<const Schema*>& above,
                   const std::map<const Schema*, std::string>& places) {
  if (std::find(above.begin(), above.end(), &schema) != above.end()) {
    const auto place = places.find(&schema);
    fail(place == places.end() ? "schema" : place->second, "refers to itself in place");
  }
  above.push_back(&schema);
  if (schema.ref) refuse_cycles(*schema.ref, above, places);
  if (schema.not_) refuse_cycles(*schema.not_, above, places);
  for (const auto* list : {&schema.all_of, &schema.any_of, &schema.one_of}) {
    for (const Schema* inner : *list) refuse_cycles(*inner, above, places);
  }
  above.pop_back();
}

}  // namespace

void SchemaStore::finish() {
  for (Schema& schema : schemas_) {
    std::vector<const Schema*> above;
    refuse_cycles(schema, above, places_);
  }
  for (Schema& schema : schemas_) {
    bool open = false;
    bool refused = false;
    for_each_in_place(schema, [&](const Schema& part) {
      for (const Property& property : part.properties) schema.known.push_back(property.name);
      open = open || part.additional_allowed;
      refused = refused || part.additional_refused;
      schema.ignored = schema.ignored || part.read_only;
    });
    std::sort(schema.known.begin(), schema.known.end());
    schema.known.erase(std::unique(schema.known.begin(), schema.known.end()), schema.known.end());
    schema.closed = refused || (!open && !schema.known.empty());
  }
}

}  // namespace waybill::contract
