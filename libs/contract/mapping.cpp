#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"
#include "libs/contract/operation.hpp"
#include "libs/core/id.hpp"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
namespace json = boost::json;

// An id travels in the one form that everybody compares: lower case.
std::string canonical(const Schema& schema, std::string_view text) {
  bool is_uuid = false;
  for_each_in_place(schema,
                    [&](const Schema& part) { is_uuid = is_uuid || part.format == Format::uuid; });
  const auto id = is_uuid ? Id::parse(text) : std::nullopt;
  return id ? id->to_string() : std::string{text};
}

void replace_members(const Operation::Schemas& schemas, pb::Message& message) {
  if (!schemas.members) return;  // such a message is a whole state by itself
  const pb::Reflection& access = *message.GetReflection();
  access.ClearField(&message, schemas.members);
  for (const std::string& name : schemas.editable) {
    access.AddString(&message, schemas.members, name);
  }
}

Result<std::unique_ptr<pb::Message>> map_body(const Operation& operation, const json::value* body) {
  const Operation::Schemas& schemas = *operation.schemas;
  std::unique_ptr<pb::Message> message{schemas.prototype->New()};
  json::value changed;
  if (body && schemas.strips) {
    changed = *body;
    strip_ignored(*schemas.body, changed);
    body = &changed;
  }
  const std::string& list = operation.command->list;
  if (body && !list.empty()) {
    json::object wrapped;
    wrapped.emplace(list, *body);
    auto filled = from_json(wrapped, *message);
    if (!filled) return filled.error();
  } else if (body && body->is_object()) {
    auto filled = from_json(body->get_object(), *message);
    if (!filled) return filled.error();
  }
  if (operation.command->replace) replace_members(schemas, *message);
  return message;
}

void store_parameter(const Operation::Schemas::Bound& bound, std::string_view text,
                     pb::Message& message) {
  message.GetReflection()->SetString(&message, bound.field, canonical(*bound.schema, text));
}

void store_version(const Operation::Schemas& schemas, std::int64_t version, pb::Message& message) {
  message.GetReflection()->SetInt64(&message, schemas.expected_version, version);
}

// The members of a JSON command that stand for parameters and If-Match over HTTP; the rest is the
// body, of which a list is one member.
struct JsonParts {
  json::value body;
  std::vector<const json::value*> bound;  // nullptr: missing
  const json::value* expected_version = nullptr;
};

JsonParts split(const Operation& operation, const json::object& source) {
  const Operation::Schemas& schemas = *operation.schemas;
  JsonParts parts;
  json::object body;
  parts.bound.resize(schemas.bound.size(), nullptr);
  for (const auto& member : source) {
    const std::string_view name = member.key();
    bool taken = false;
    for (std::size_t i = 0; i < schemas.bound.size(); ++i) {
      if (schemas.bound[i].field->name() != name) continue;
      parts.bound[i] = &member.value();
      taken = true;
    }
    if (schemas.expected_version && name == "expected_version") {
      parts.expected_version = &member.value();
      taken = true;
    }
    if (!taken) body.insert(member);
  }
  const auto* list = body.if_contains(operation.command->list);
  if (list && body.size() == 1) {
    parts.body = *list;
  } else {
    parts.body = std::move(body);
  }
  if (operation.lenient && schemas.body) relax(*schemas.body, parts.body);
  return parts;
}

std::vector<Violation> check_parts(const Operation& operation, const JsonParts& parts) {
  const Operation::Schemas& schemas = *operation.schemas;
  std::vector<Violation> out;
  for (std::size_t i = 0; i < parts.bound.size(); ++i) {
    const std::string where = '/' + schemas.bound[i].field->name();
    if (parts.bound[i]) {
      check(*schemas.bound[i].schema, *parts.bound[i], where, out);
    } else {
      out.push_back({where, true, "is required"});
    }
  }
  if (parts.expected_version && !parts.expected_version->is_int64()) {
    out.push_back({"/expected_version", true, "must be an integer"});
  }
  if (schemas.body) {
    check(*schemas.body, parts.body, "", out);
  } else {
    for (const auto& member : parts.body.get_object()) {
      out.push_back({'/' + std::string{member.key()}, true, "is not known here"});
    }
  }
  return out;
}

}  // namespace

Result<std::string> Contract::to_command(const Operation& operation, const web::PathParams& params,
                                         const json::value* body,
                                         std::optional<std::int64_t> expected_version) const {
  auto message = map_body(operation, body);
  if (!message) return message.error();
  const Operation::Schemas& schemas = *operation.schemas;
  for (const Operation::Schemas::Bound& bound : schemas.bound) {
    store_parameter(bound, web::param(params, bound.name), **message);
  }
  if (expected_version && schemas.expected_version) {
    store_version(schemas, *expected_version, **message);
  }
  return (*message)->SerializeAsString();
}

Result<std::string> Contract::decode_command(std::string& type, std::string_view text) const {
  const Operation* operation = find_command(type);
  if (!operation) {
    return Fault{FaultKind::invalid,
                 "unknown-type",
                 "There is no command '" + type + "' for other systems.",
                 {}};
  }
  type = operation->command->type;
  auto value = parse_json(text);
  if (!value) return value.error();
  if (!value->is_object()) return validation_fault(type, {{"", true, "must be an object"}});

  const JsonParts parts = split(*operation, value->get_object());
  const auto violations = check_parts(*operation, parts);
  if (!violations.empty()) return validation_fault(type, violations);

  auto message = map_body(*operation, &parts.body);
  if (!message) return message.error();
  for (std::size_t i = 0; i < parts.bound.size(); ++i) {
    store_parameter(operation->schemas->bound[i], parts.bound[i]->get_string(), **message);
  }
  if (parts.expected_version) {
    store_version(*operation->schemas, parts.expected_version->get_int64(), **message);
  }
  return (*message)->SerializeAsString();
}

}  // namespace waybill::contract
