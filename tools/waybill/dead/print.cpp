#include "tools/waybill/dead/print.hpp"

#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"
#include "libs/core/base64.hpp"
#include "tools/waybill/dead/groups.hpp"

namespace waybill::tool::dead {
namespace {

namespace json = boost::json;

bool is_harmless(std::string_view name) {
  static const std::set<std::string_view> names{
      "id",       "sku",        "price",      "currency",   "status",         "total_price",
      "code",     "line_total", "order_date", "members",    "price_at_order", "expected_total",
      "quantity", "created_at", "updated_at", "is_primary", "stock_quantity", "expected_version"};
  return names.contains(name) || name.ends_with("_id");
}

// The payload by its type; a stranger's stays bytes, and those only when asked for.
json::value payload(const Letter& letter, bool reveal) {
  json::value value;
  if (letter.message.content_type == messaging::kJson) {
    auto parsed = contract::parse_json(letter.message.body);
    if (parsed) value = std::move(*parsed);
  } else if (const auto message = contract::make_message(letter.type);
             message && message->ParseFromString(letter.message.body)) {
    value = json::parse(contract::to_json(*message));
  }
  if (value.is_null()) {
    return json::object{{"bytes", letter.message.body.size()},
                        {"base64", reveal ? base64url_encode(letter.message.body) : "***"}};
  }
  if (!reveal) mask(value);
  return value;
}

}  // namespace

void mask(json::value& value) {
  if (json::array* list = value.if_array()) {
    for (json::value& entry : *list) {
      if (entry.is_string()) {
        entry = "***";
      } else {
        mask(entry);
      }
    }
    return;
  }
  json::object* object = value.if_object();
  if (object == nullptr) return;
  for (auto& member : *object) {
    json::value& entry = member.value();
    const std::string_view name{member.key().data(), member.key().size()};
    if (entry.is_structured()) {
      if (name != "members") mask(entry);  // names of what was sent
    } else if (!entry.is_null() && !is_harmless(name)) {
      entry = "***";
    }
  }
}

json::object to_json(const Letter& letter, bool reveal) {
  json::object headers;
  for (const auto& [name, value] : letter.message.headers) headers[name] = value;
  json::object printed{{"command_id", letter.command_id.to_string()},
                       {"group", group_of(letter)},
                       {"type", letter.type},
                       {"cause", letter.cause},
                       {"attempts", letter.attempts},
                       {"message_id", letter.message.message_id},
                       {"correlation_id", letter.message.correlation_id},
                       {"content_type", letter.message.content_type},
                       {"reply_to", letter.message.reply_to}};
  if (letter.sent_at) printed["sent_at"] = to_rfc3339(*letter.sent_at);
  if (letter.first_failed_at) printed["first_failed_at"] = to_rfc3339(*letter.first_failed_at);
  printed["headers"] = std::move(headers);
  printed["payload"] = payload(letter, reveal);
  return printed;
}

}  // namespace waybill::tool::dead
