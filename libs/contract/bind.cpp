#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"
#include "libs/contract/operation.hpp"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
using Kind = pb::FieldDescriptor::CppType;

[[noreturn]] void fail(const std::string& place, const std::string& message) {
  throw ContractError{place + ": " + message};
}

unsigned json_types(const pb::FieldDescriptor* field) {
  if (field->is_repeated()) return kArray;
  switch (field->cpp_type()) {
    case Kind::CPPTYPE_STRING:
    case Kind::CPPTYPE_ENUM:
      return kString;
    case Kind::CPPTYPE_BOOL:
      return kBoolean;
    case Kind::CPPTYPE_DOUBLE:
    case Kind::CPPTYPE_FLOAT:
      return kNumber | kInteger;
    case Kind::CPPTYPE_MESSAGE:
      return kObject;
    default:
      return kInteger;
  }
}

void check_fields(const Schema& schema, const pb::Descriptor& type, const std::string& place);

void check_field(const Schema& schema, const pb::FieldDescriptor* field, const std::string& place) {
  const unsigned types = allowed_types(schema);
  if (types & ~(json_types(field) | kNull)) {
    fail(place, fmt::format("the field {} can't hold every type that the schema allows",
                            field->full_name()));
  }
  if (field->cpp_type() != Kind::CPPTYPE_MESSAGE) return;
  if (!field->is_repeated()) return check_fields(schema, *field->message_type(), place);
  for_each_in_place(schema, [&](const Schema& part) {
    if (part.items) check_fields(*part.items, *field->message_type(), place + "/items");
  });
}

void check_fields(const Schema& schema, const pb::Descriptor& type, const std::string& place) {
  for_each_in_place(schema, [&](const Schema& part) {
    for (const Property& property : part.properties) {
      if (property.schema->ignored) continue;
      const auto* field = type.FindFieldByName(property.name);
      const std::string inner = place + '/' + property.name;
      if (!field) fail(inner, fmt::format("{} has no such field", type.full_name()));
      check_field(*property.schema, field, inner);
    }
  });
}

const pb::FieldDescriptor* find_field(const pb::Descriptor& type, const std::string& name,
                                      Kind kind, bool repeated) {
  const auto* field = type.FindFieldByName(name);
  if (!field || field->cpp_type() != kind || field->is_repeated() != repeated) return nullptr;
  return field;
}

std::string field_of(const CommandTarget& target, const std::string& parameter) {
  for (const auto& [name, field] : target.params) {
    if (name == parameter) return field;
  }
  return parameter;
}

void bind_parameters(const CommandTarget& target, const pb::Descriptor& type,
                     Operation::Schemas& schemas, const std::string& place) {
  for (const auto* list : {&schemas.path, &schemas.query}) {
    for (const Parameter& parameter : *list) {
      const std::string name = field_of(target, parameter.name);
      const auto* field = find_field(type, name, Kind::CPPTYPE_STRING, false);
      if (!field) {
        fail(place, fmt::format("{} has no string field '{}' for the parameter '{}'",
                                type.full_name(), name, parameter.name));
      }
      schemas.bound.push_back({parameter.name, parameter.schema, field});
    }
  }
  for (const auto& [name, field] : target.params) {
    const bool known = std::any_of(schemas.path.begin(), schemas.path.end(),
                                   [&](const Parameter& p) { return p.name == name; });
    if (!known) fail(place, fmt::format("params: the path has no parameter '{}'", name));
  }
}

}  // namespace

void bind_command(const Operation& operation, Operation::Schemas& schemas,
                  const std::string& place) {
  const CommandTarget& target = *operation.command;
  const std::string here = place + "/x-command";
  schemas.prototype = make_message(target.type);
  if (!schemas.prototype) fail(here, fmt::format("there is no message {}", target.type));
  const pb::Descriptor& type = *schemas.prototype->GetDescriptor();
  bind_parameters(target, type, schemas, here);
  schemas.expected_version = find_field(type, "expected_version", Kind::CPPTYPE_INT64, false);
  if (operation.if_match && !schemas.expected_version) {
    fail(here, fmt::format("If-Match needs a field int64 expected_version in {}", target.type));
  }
  schemas.members = find_field(type, "members", Kind::CPPTYPE_STRING, true);
  if (!schemas.body) return;
  if (target.list.empty()) return check_fields(*schemas.body, type, place + "/requestBody");
  const auto* list = type.FindFieldByName(target.list);
  if (!list || !list->is_repeated()) {
    fail(here, fmt::format("{} has no list '{}'", target.type, target.list));
  }
  check_field(*schemas.body, list, place + "/requestBody");
}

}  // namespace waybill::contract
