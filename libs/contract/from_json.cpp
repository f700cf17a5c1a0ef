#include <cmath>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
namespace json = boost::json;
using Kind = pb::FieldDescriptor::CppType;

constexpr std::string_view kMembers = "members";

// Does not fit into the field: names the place and what would.
Fault misfit(const std::string& pointer, std::string_view expected) {
  const std::string message = fmt::format("must be {}", expected);
  json::array errors;
  errors.push_back(json::object{{"pointer", pointer}, {"message", message}});
  return invalid(fmt::format("{} {}.", pointer, message), {{"errors", std::move(errors)}});
}

// A whole number, written as 5 or 5.0.
std::optional<std::int64_t> to_whole(const json::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  const auto* number = value.if_double();
  if (!number || std::trunc(*number) != *number) return std::nullopt;
  if (*number < -0x1p63 || *number >= 0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

bool fits(const pb::FieldDescriptor* field, std::int64_t number) {
  switch (field->cpp_type()) {
    case Kind::CPPTYPE_INT32:
      return number >= std::numeric_limits<std::int32_t>::min() &&
             number <= std::numeric_limits<std::int32_t>::max();
    case Kind::CPPTYPE_UINT32:
      return number >= 0 && number <= std::numeric_limits<std::uint32_t>::max();
    case Kind::CPPTYPE_UINT64:
      return number >= 0;
    default:
      return true;
  }
}

void store_whole(pb::Message& message, const pb::FieldDescriptor* field, std::int64_t number) {
  const pb::Reflection& access = *message.GetReflection();
  const bool list = field->is_repeated();
  switch (field->cpp_type()) {
    case Kind::CPPTYPE_INT64:
      return list ? access.AddInt64(&message, field, number)
                  : access.SetInt64(&message, field, number);
    case Kind::CPPTYPE_INT32: {
      const auto value = static_cast<std::int32_t>(number);
      return list ? access.AddInt32(&message, field, value)
                  : access.SetInt32(&message, field, value);
    }
    case Kind::CPPTYPE_UINT64: {
      const auto value = static_cast<std::uint64_t>(number);
      return list ? access.AddUInt64(&message, field, value)
                  : access.SetUInt64(&message, field, value);
    }
    case Kind::CPPTYPE_UINT32: {
      const auto value = static_cast<std::uint32_t>(number);
      return list ? access.AddUInt32(&message, field, value)
                  : access.SetUInt32(&message, field, value);
    }
    default:
      return;
  }
}

void store_real(pb::Message& message, const pb::FieldDescriptor* field, double number) {
  const pb::Reflection& access = *message.GetReflection();
  const bool list = field->is_repeated();
  if (field->cpp_type() == Kind::CPPTYPE_DOUBLE) {
    list ? access.AddDouble(&message, field, number) : access.SetDouble(&message, field, number);
  } else {
    const auto value = static_cast<float>(number);
    list ? access.AddFloat(&message, field, value) : access.SetFloat(&message, field, value);
  }
}

// `where` is the pointer so far; it is lengthened on the way down and cut back on the way up.
Result<void> fill(const json::object& source, pb::Message& message, std::string& where);

Result<void> store(const json::value& value, pb::Message& message, const pb::FieldDescriptor* field,
                   std::string& where) {
  const pb::Reflection& access = *message.GetReflection();
  const bool list = field->is_repeated();
  switch (field->cpp_type()) {
    case Kind::CPPTYPE_STRING: {
      const auto* text = value.if_string();
      if (!text) return misfit(where, "a string");
      std::string copy{text->data(), text->size()};
      list ? access.AddString(&message, field, std::move(copy))
           : access.SetString(&message, field, std::move(copy));
      return {};
    }
    case Kind::CPPTYPE_BOOL: {
      const auto* flag = value.if_bool();
      if (!flag) return misfit(where, "true or false");
      list ? access.AddBool(&message, field, *flag) : access.SetBool(&message, field, *flag);
      return {};
    }
    case Kind::CPPTYPE_DOUBLE:
    case Kind::CPPTYPE_FLOAT:
      if (!value.is_number()) return misfit(where, "a number");
      store_real(message, field, value.to_number<double>());
      return {};
    case Kind::CPPTYPE_MESSAGE: {
      const auto* inner = value.if_object();
      if (!inner) return misfit(where, "an object");
      pb::Message* target =
          list ? access.AddMessage(&message, field) : access.MutableMessage(&message, field);
      return fill(*inner, *target, where);
    }
    case Kind::CPPTYPE_ENUM: {
      const auto* text = value.if_string();
      const auto* known =
          text ? field->enum_type()->FindValueByName(std::string{text->data(), text->size()})
               : nullptr;
      if (!known) return misfit(where, "one of the allowed values");
      list ? access.AddEnum(&message, field, known) : access.SetEnum(&message, field, known);
      return {};
    }
    default: {
      const auto number = to_whole(value);
      if (!number || !fits(field, *number)) return misfit(where, "a whole number that fits");
      store_whole(message, field, *number);
      return {};
    }
  }
}

Result<void> store_list(const json::value& value, pb::Message& message,
                        const pb::FieldDescriptor* field, std::string& where) {
  const auto* list = value.if_array();
  if (!list) return misfit(where, "a list");
  const std::size_t length = where.size();
  for (std::size_t i = 0; i < list->size(); ++i) {
    where += '/';
    where += fmt::format_int(i).c_str();
    if (auto stored = store((*list)[i], message, field, where); !stored) return stored;
    where.resize(length);
  }
  return {};
}

Result<void> fill(const json::object& source, pb::Message& message, std::string& where) {
  const pb::Descriptor& type = *message.GetDescriptor();
  const auto* members = type.FindFieldByName(std::string{kMembers});
  const bool is_patch = members && members->is_repeated() &&
                        members->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING;
  const std::size_t length = where.size();
  for (const auto& member : source) {
    const std::string name{member.key()};
    if (is_patch) message.GetReflection()->AddString(&message, members, name);
    const auto* field = type.FindFieldByName(name);
    if (!field || (is_patch && field == members) || member.value().is_null()) continue;
    where += '/';
    where += name;
    auto stored = field->is_repeated() ? store_list(member.value(), message, field, where)
                                       : store(member.value(), message, field, where);
    if (!stored) return stored;
    where.resize(length);
  }
  return {};
}

}  // namespace

Result<void> from_json(const json::object& source, pb::Message& message) {
  std::string where;
  return fill(source, message, where);
}

}  // namespace waybill::contract
