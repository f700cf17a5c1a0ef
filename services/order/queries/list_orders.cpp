#include <charconv>

#include "services/order/events/order_events.hpp"
#include "services/order/queries/queries.hpp"
#include "services/order/store/listing.hpp"

namespace waybill::order::queries {
namespace {

constexpr std::size_t most_items = 100;

std::size_t read_limit(const web::Request& request) {
  const std::string_view text = request.query_value("limit");
  std::size_t limit = 10;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return std::clamp(limit, std::size_t{1}, most_items);
}

Fault invalid_parameter(const char* name, const char* message) {
  boost::json::array errors{boost::json::object{{"parameter", name}, {"message", message}}};
  return invalid("Validation failed for the list of orders.", {{"errors", std::move(errors)}});
}

Result<std::optional<Instant>> read_time(const web::Request& request, const char* name) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::optional<Instant>{};
  const auto time = parse_rfc3339(text);
  if (!time) return invalid_parameter(name, "is no RFC 3339 date-time");
  return time;
}

Result<std::optional<domain::Status>> read_status(const web::Request& request) {
  const std::string_view text = request.query_value("status");
  if (text.empty()) return std::optional<domain::Status>{};
  const auto status = domain::parse_status(text);
  if (!status) return invalid_parameter("status", "is no status");
  return status;
}

Result<store::OrderFilter> read_filter(const web::Request& request) {
  const auto status = read_status(request);
  if (!status) return status.error();
  const auto from = read_time(request, "created_from");
  if (!from) return from.error();
  const auto to = read_time(request, "created_to");
  if (!to) return to.error();
  store::OrderFilter filter;
  filter.status = *status;
  filter.created_from = *from;
  filter.created_to = *to;
  const std::string_view reference = request.query_value("reference");
  if (!reference.empty()) filter.reference = std::string{reference};
  return filter;
}

store::OrderSort read_sort(const web::Request& request) {
  std::string_view name = request.query_value("sort");
  if (name.empty()) return {};
  const bool descending = name.front() == '-';
  if (descending) name.remove_prefix(1);
  if (name == "total_price") return {sql::SortKey::total_price, descending};
  if (name == "order_date") return {sql::SortKey::order_date, descending};
  return {sql::SortKey::created_at, descending};
}

// Whose orders: nullopt for everybody's.
Result<std::optional<Id>> read_owner(const runtime::Query& query) {
  const std::string_view text = query.request.query_value("user_id");
  const std::optional<Id> named = text.empty() ? std::nullopt : Id::parse(text);
  if (!text.empty() && !named) return invalid_parameter("user_id", "is no UUID");
  if (query.caller.is_staff()) return named;
  if (!query.caller.user || (named && named != query.caller.user)) {
    return forbidden("Customers see their own orders only.");
  }
  return query.caller.user;
}

Result<web::Response> answer_page(pg::Session& session, const web::Request& request,
                                  const std::optional<Id>& owner) {
  auto filter = read_filter(request);
  if (!filter) return filter.error();
  filter->user_id = owner;
  const auto cursor = runtime::decode_cursor(request);
  if (!cursor) return cursor.error();
  const store::OrderSort sort = read_sort(request);
  const auto found = store::list_orders(session, *filter, sort, *cursor, read_limit(request));
  if (!found) return found.error();

  runtime::Page page;
  for (const domain::Order& order : found->orders) {
    page.items.push_back(events::representation(order));
  }
  if (!found->is_last) {
    page.next = runtime::encode_cursor(store::cursor_after(found->orders.back(), sort), request);
  }
  if (request.query_value("with_total") == "true") {
    page.total = store::count_orders(session, *filter);
  }
  return runtime::page_response(page, request);
}

}  // namespace

Result<web::Response> list_orders(pg::Session& session, const runtime::Query& query) {
  const auto owner = read_owner(query);
  if (!owner) return owner.error();
  return answer_page(session, query.request, *owner);
}

Result<web::Response> list_orders_of_user(pg::Session& session, const runtime::Query& query) {
  if (!query.caller.may_act_for(query.id())) return not_found();
  return answer_page(session, query.request, query.id());
}

}  // namespace waybill::order::queries
