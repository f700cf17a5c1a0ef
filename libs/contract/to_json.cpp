#include <charconv>
#include <cmath>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"
#include "waybill/common/v1/options.pb.h"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
using Kind = pb::FieldDescriptor::CppType;

// How the fields of one message type are written, worked out once per thread and type.
struct Step {
  const pb::FieldDescriptor* field;
  std::string name;  // with quotes and colon
  std::string_view empty_list;
};
using Plan = std::vector<Step>;

Plan make_plan(const pb::Descriptor& type) {
  Plan plan;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* field = type.field(i);
    const bool null_when_empty = field->options().GetExtension(common::v1::null_when_empty);
    plan.push_back({field, '"' + field->name() + "\":", null_when_empty ? "null" : "[]"});
  }
  std::sort(plan.begin(), plan.end(), [](const Step& left, const Step& right) {
    return left.field->number() < right.field->number();
  });
  return plan;
}

const Plan& plan_of(const pb::Descriptor& type) {
  thread_local std::unordered_map<const pb::Descriptor*, Plan> plans;
  auto found = plans.find(&type);
  if (found == plans.end()) found = plans.emplace(&type, make_plan(type)).first;
  return found->second;
}

void append_message(const pb::Message& message, std::string& out);

void append_single(const pb::Message& message, const pb::Reflection& access,
                   const pb::FieldDescriptor* field, std::string& out) {
  std::string scratch;
  switch (field->cpp_type()) {
    case Kind::CPPTYPE_STRING:
      return append_json_string(access.GetStringReference(message, field, &scratch), out);
    case Kind::CPPTYPE_INT64:
      out += fmt::format_int(access.GetInt64(message, field)).c_str();
      return;
    case Kind::CPPTYPE_INT32:
      out += fmt::format_int(access.GetInt32(message, field)).c_str();
      return;
    case Kind::CPPTYPE_UINT64:
      out += fmt::format_int(access.GetUInt64(message, field)).c_str();
      return;
    case Kind::CPPTYPE_UINT32:
      out += fmt::format_int(access.GetUInt32(message, field)).c_str();
      return;
    case Kind::CPPTYPE_BOOL:
      out += access.GetBool(message, field) ? "true" : "false";
      return;
    case Kind::CPPTYPE_DOUBLE:
      return append_json_number(access.GetDouble(message, field), out);
    case Kind::CPPTYPE_FLOAT:
      return append_json_number(access.GetFloat(message, field), out);
    case Kind::CPPTYPE_ENUM:
      return append_json_string(access.GetEnum(message, field)->name(), out);
    case Kind::CPPTYPE_MESSAGE:
      return append_message(access.GetMessage(message, field), out);
  }
}

void append_element(const pb::Message& message, const pb::Reflection& access,
                    const pb::FieldDescriptor* field, int index, std::string& out) {
  std::string scratch;
  switch (field->cpp_type()) {
    case Kind::CPPTYPE_STRING:
      return append_json_string(access.GetRepeatedStringReference(message, field, index, &scratch),
                                out);
    case Kind::CPPTYPE_INT64:
      out += fmt::format_int(access.GetRepeatedInt64(message, field, index)).c_str();
      return;
    case Kind::CPPTYPE_INT32:
      out += fmt::format_int(access.GetRepeatedInt32(message, field, index)).c_str();
      return;
    case Kind::CPPTYPE_UINT64:
      out += fmt::format_int(access.GetRepeatedUInt64(message, field, index)).c_str();
      return;
    case Kind::CPPTYPE_UINT32:
      out += fmt::format_int(access.GetRepeatedUInt32(message, field, index)).c_str();
      return;
    case Kind::CPPTYPE_BOOL:
      out += access.GetRepeatedBool(message, field, index) ? "true" : "false";
      return;
    case Kind::CPPTYPE_DOUBLE:
      return append_json_number(access.GetRepeatedDouble(message, field, index), out);
    case Kind::CPPTYPE_FLOAT:
      return append_json_number(access.GetRepeatedFloat(message, field, index), out);
    case Kind::CPPTYPE_ENUM:
      return append_json_string(access.GetRepeatedEnum(message, field, index)->name(), out);
    case Kind::CPPTYPE_MESSAGE:
      return append_message(access.GetRepeatedMessage(message, field, index), out);
  }
}

void append_list(const pb::Message& message, const pb::Reflection& access, const Step& step,
                 std::string& out) {
  const int size = access.FieldSize(message, step.field);
  if (size == 0) {
    out += step.empty_list;
    return;
  }
  for (int i = 0; i < size; ++i) {
    out += i == 0 ? '[' : ',';
    append_element(message, access, step.field, i, out);
  }
  out += ']';
}

void append_message(const pb::Message& message, std::string& out) {
  const pb::Reflection& access = *message.GetReflection();
  char before = '{';
  for (const Step& step : plan_of(*message.GetDescriptor())) {
    out += before;
    before = ',';
    out += step.name;
    if (step.field->is_repeated()) {
      append_list(message, access, step, out);
    } else if (step.field->has_presence() && !access.HasField(message, step.field)) {
      out += "null";
    } else {
      append_single(message, access, step.field, out);
    }
  }
  if (before == '{') out += '{';
  out += '}';
}

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
  }
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const auto stop = std::find_if(text.begin(), text.end(), needs_escape);
    const auto plain = static_cast<std::size_t>(stop - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    append_escaped(text.front(), out);
    text.remove_prefix(1);
  }
  out += '"';
}

void append_json_number(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 400> digits;  // 309 before the dot, or 325 behind it
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  out.append(digits.data(), end.ptr);
}

void append_json(const pb::Message& message, std::string& out) {
  append_message(message, out);
}

std::string to_json(const pb::Message& message) {
  std::string out;
  out.reserve(512);
  append_message(message, out);
  return out;
}

}  // namespace waybill::contract
