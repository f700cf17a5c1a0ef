#include "tools/waybill/events/print.hpp"

#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"
#include "libs/core/base64.hpp"
#include "libs/core/clock.hpp"
#include "tools/waybill/events/mask.hpp"
#include "tools/waybill/events/selection.hpp"

namespace waybill::tool::events {
namespace {

namespace json = boost::json;

// A member as a word: strings without quotes, "-" for null and absent.
std::string word(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value || value->is_null()) return "-";
  return value->is_string() ? std::string{value->get_string()} : json::serialize(*value);
}

std::size_t count(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_array() ? value->get_array().size() : 0;
}

std::string order_in_words(const json::object& order) {
  std::string words = word(order, "status");
  if (word(order, "total_price") != "-") {
    words += fmt::format(" {} {}", word(order, "total_price"), word(order, "currency"));
  }
  words += fmt::format(", {} lines", count(order, "items"));
  if (word(order, "reference") != "-") words += ", reference " + word(order, "reference");
  return words;
}

std::string product_in_words(const json::object& product) {
  return fmt::format("{}, {} {}, stock {}, sku {}", word(product, "name"), word(product, "price"),
                     word(product, "currency"), word(product, "stock_quantity"),
                     word(product, "sku"));
}

std::string user_in_words(const json::object& user, const json::object& event) {
  return fmt::format("{} <{}>, {} addresses", word(user, "username"), word(user, "email"),
                     count(event, "addresses"));
}

const json::object* member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_object() ? &value->get_object() : nullptr;
}

std::string in_words(const messaging::Event& event, Personal personal) {
  auto data = decode(event);
  if (data && personal == Personal::masked) mask_personal(*data);
  if (!data || !data->is_object()) return fmt::format("({} bytes)", event.value.size());
  const json::object& state = data->get_object();
  if (const json::object* order = member(state, "order")) return order_in_words(*order);
  if (const json::object* product = member(state, "product")) return product_in_words(*product);
  if (const json::object* user = member(state, "user")) return user_in_words(*user, state);
  return json::serialize(state);
}

std::string short_type(const std::string& type) {
  return type.substr(type.rfind('.') + 1);
}

std::string time_of(const messaging::Event& event) {
  return to_rfc3339(from_unix_micros(event.timestamp_ms * 1000));
}

}  // namespace

std::optional<json::value> decode(const messaging::Event& event) {
  const auto message = contract::make_message(header(event, "ce_type"));
  if (!message || !message->ParseFromString(event.value)) return std::nullopt;
  return json::parse(contract::to_json(*message));
}

std::string table_header() {
  return fmt::format("{:<24}  {:<26}  {:<36}  {:<16}  {:>4}  {}", "TIME", "TOPIC/PARTITION/OFFSET",
                     "KEY", "TYPE", "VER", "STATE");
}

std::string table_line(const messaging::Event& event, Personal personal) {
  const std::string place = fmt::format("{}/{}/{}", event.topic, event.partition, event.offset);
  return fmt::format("{:<24}  {:<26}  {:<36}  {:<16}  {:>4}  {}", time_of(event), place, event.key,
                     short_type(header(event, "ce_type")), header(event, "ce_version"),
                     in_words(event, personal));
}

json::object to_json(const messaging::Event& event, Personal personal) {
  json::object headers;
  for (const auto& [name, value] : event.headers) headers[name] = value;
  json::object line{{"topic", event.topic},   {"partition", event.partition},
                    {"offset", event.offset}, {"time", time_of(event)},
                    {"key", event.key},       {"type", header(event, "ce_type")}};
  line["headers"] = std::move(headers);
  auto data = decode(event);
  if (data && personal == Personal::masked) mask_personal(*data);
  line["data"] = data ? std::move(*data) : json::value(nullptr);
  if (!data && personal == Personal::shown) line["data_base64"] = base64url_encode(event.value);
  return line;
}

std::string json_line(const messaging::Event& event, Personal personal) {
  return json::serialize(to_json(event, personal));
}

}  // namespace waybill::tool::events
