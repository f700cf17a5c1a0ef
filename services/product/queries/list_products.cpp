#include "services/product/events/product_events.hpp"
#include "services/product/queries/page_request.hpp"
#include "services/product/queries/queries.hpp"
#include "services/product/store/listing.hpp"

namespace waybill::product::queries {
namespace {

std::optional<std::string> text(const web::Request& request, std::string_view name) {
  const std::string_view value = request.query_value(name);
  if (value.empty()) return std::nullopt;
  return std::string{value};
}

store::ProductFilter read_filter(const web::Request& request) {
  store::ProductFilter filter;
  filter.name = text(request, "name");
  filter.min_price = parse_money(request.query_value("min_price"));
  filter.max_price = parse_money(request.query_value("max_price"));
  filter.sku = text(request, "sku");
  const std::string_view in_stock = request.query_value("in_stock");
  if (!in_stock.empty()) filter.in_stock = in_stock == "true";
  return filter;
}

store::ProductSort read_sort(const web::Request& request) {
  std::string_view name = request.query_value("sort");
  if (name.empty()) return {};
  const bool descending = name.front() == '-';
  if (descending) name.remove_prefix(1);
  if (name == "price") return {sql::SortKey::price, descending};
  if (name == "name") return {sql::SortKey::name, descending};
  return {sql::SortKey::created_at, descending};
}

}  // namespace

Result<web::Response> list_products(pg::Session& session, const runtime::Query& query) {
  const PageRequest wanted = read_page_request(query.request);
  const auto cursor = runtime::decode_cursor(query.request);
  if (!cursor) return cursor.error();
  const store::ProductFilter filter = read_filter(query.request);
  const store::ProductSort sort = read_sort(query.request);
  auto products = store::list_products(session, filter, sort, *cursor, wanted.limit + 1);
  if (!products) return bad_cursor();

  runtime::Page page;
  if (std::ssize(*products) > wanted.limit) {
    products->pop_back();
    page.next = runtime::encode_cursor(store::cursor_after(products->back(), sort), query.request);
  }
  for (const domain::Product& product : *products) {
    page.items.push_back(events::representation(product));
  }
  if (wanted.with_total) page.total = store::count_products(session, filter);
  return runtime::page_response(page, query.request);
}

}  // namespace waybill::product::queries
