#include <charconv>

#include "services/product/events/product_events.hpp"
#include "services/product/queries/page_request.hpp"
#include "services/product/queries/queries.hpp"
#include "services/product/store/listing.hpp"
#include "services/product/store/products.hpp"

namespace waybill::product::queries {
namespace {

// The place in the ledger that a cursor stands for.
Result<std::optional<std::int64_t>> read_place(const std::optional<runtime::Cursor>& cursor) {
  if (!cursor) return std::optional<std::int64_t>{};
  std::int64_t place = 0;
  const std::string& key = cursor->sort_key;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), place);
  if (error != std::errc{} || end != key.data() + key.size()) return bad_cursor();
  return std::optional{place};
}

}  // namespace

Result<web::Response> list_movements(pg::Session& session, const runtime::Query& query) {
  const PageRequest wanted = read_page_request(query.request);
  const auto cursor = runtime::decode_cursor(query.request);
  if (!cursor) return cursor.error();
  const auto before = read_place(*cursor);
  if (!before) return before.error();
  if (!store::find_product(session, query.id())) return not_found("There is no such product.");
  auto lines = store::list_movements(session, query.id(), *before, wanted.limit + 1);

  runtime::Page page;
  if (std::ssize(lines) > wanted.limit) {
    lines.pop_back();
    page.next = runtime::encode_cursor(
        {std::to_string(lines.back().place), lines.back().movement.id}, query.request);
  }
  for (const store::LedgerLine& line : lines) {
    page.items.push_back(events::representation(line.movement));
  }
  if (wanted.with_total) page.total = store::count_movements(session, query.id());
  return runtime::page_response(page, query.request);
}

}  // namespace waybill::product::queries
