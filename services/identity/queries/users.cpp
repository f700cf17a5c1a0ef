#include "services/identity/events/user_events.hpp"
#include "services/identity/queries/page_request.hpp"
#include "services/identity/queries/queries.hpp"
#include "services/identity/store/listing.hpp"

namespace waybill::identity::queries {
namespace {

std::optional<std::string> text(const web::Request& request, std::string_view name) {
  const std::string_view value = request.query_value(name);
  if (value.empty()) return std::nullopt;
  return std::string{value};
}

store::UserSort read_sort(const web::Request& request) {
  std::string_view name = request.query_value("sort");
  if (name.empty()) return {};
  const bool descending = name.front() == '-';
  if (descending) name.remove_prefix(1);
  return {name == "email" ? sql::SortKey::email : sql::SortKey::created_at, descending};
}

}  // namespace

Result<web::Response> find_user(pg::Session& session, const runtime::Query& query) {
  const auto user = store::find_user(session, query.id());
  if (!user || !query.caller.may_act_for(user->id)) return not_found("There is no such user.");
  return runtime::representation(events::representation(*user), user->version,
                                 user->id.to_string());
}

Result<web::Response> list_users(pg::Session& session, const runtime::Query& query) {
  if (!query.caller.is_staff()) return forbidden("Only staff may list users.");
  const PageRequest wanted = read_page_request(query.request);
  const auto cursor = runtime::decode_cursor(query.request);
  if (!cursor) return cursor.error();
  const store::UserFilter filter{text(query.request, "email"), text(query.request, "username"),
                                 parse_role(query.request.query_value("role"))};
  const store::UserSort sort = read_sort(query.request);
  auto users = store::list_users(session, filter, sort, *cursor, wanted.limit + 1);
  if (!users) return bad_cursor();

  runtime::Page page;
  if (std::ssize(*users) > wanted.limit) {
    users->pop_back();
    page.next = runtime::encode_cursor(store::cursor_after(users->back(), sort), query.request);
  }
  for (const domain::User& user : *users) page.items.push_back(events::representation(user));
  if (wanted.with_total) page.total = store::count_users(session, filter);
  return runtime::page_response(page, query.request);
}

}  // namespace waybill::identity::queries
