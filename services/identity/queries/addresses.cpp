#include "services/identity/events/user_events.hpp"
#include "services/identity/queries/page_request.hpp"
#include "services/identity/queries/queries.hpp"
#include "services/identity/store/listing.hpp"

namespace waybill::identity::queries {

Result<web::Response> find_address(pg::Session& session, const runtime::Query& query) {
  const Id user_id = query.id();
  const auto found = store::find_address(session, user_id, query.id("address_id"));
  if (!found || !query.caller.may_act_for(user_id)) return not_found("There is no such address.");
  return runtime::representation(events::representation(found->address), found->user_version,
                                 user_id.to_string());
}

Result<web::Response> list_addresses(pg::Session& session, const runtime::Query& query) {
  const Id user_id = query.id();
  const PageRequest wanted = read_page_request(query.request);
  const auto cursor = runtime::decode_cursor(query.request);
  if (!cursor) return cursor.error();
  if (!query.caller.may_act_for(user_id) || !store::find_user(session, user_id)) {
    return not_found("There is no such user.");
  }
  auto addresses = store::list_addresses(session, user_id, *cursor, wanted.limit + 1);
  if (!addresses) return bad_cursor();

  runtime::Page page;
  if (std::ssize(*addresses) > wanted.limit) {
    addresses->pop_back();
    page.next = runtime::encode_cursor(store::cursor_after(addresses->back()), query.request);
  }
  for (const domain::Address& address : *addresses) {
    page.items.push_back(events::representation(address));
  }
  if (wanted.with_total) page.total = store::count_addresses(session, user_id);
  return runtime::page_response(page, query.request);
}

}  // namespace waybill::identity::queries
