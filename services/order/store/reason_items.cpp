#include "services/order/store/reason_items.hpp"

namespace waybill::order::store {
namespace {

namespace json = boost::json;

std::optional<std::int64_t> maybe_number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_int64() ? std::optional{value->as_int64()} : std::nullopt;
}

std::optional<domain::ReasonItem> read_item(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* product = object ? object->if_contains("product_id") : nullptr;
  if (!product || !product->is_string()) return std::nullopt;
  const auto id = Id::parse(product->get_string());
  if (!id) return std::nullopt;
  return domain::ReasonItem{*id, maybe_number(*object, "requested"),
                            maybe_number(*object, "available")};
}

}  // namespace

json::array to_json(const std::vector<domain::ReasonItem>& items) {
  json::array array;
  for (const domain::ReasonItem& item : items) {
    json::object object{{"product_id", item.product_id.to_string()}};
    if (item.requested) object["requested"] = *item.requested;
    if (item.available) object["available"] = *item.available;
    array.push_back(std::move(object));
  }
  return array;
}

std::vector<domain::ReasonItem> read_reason_items(const json::value& array) {
  std::vector<domain::ReasonItem> items;
  if (!array.is_array()) return items;
  for (const json::value& value : array.get_array()) {
    if (auto item = read_item(value)) items.push_back(*item);
  }
  return items;
}

}  // namespace waybill::order::store
