#include "services/identity/events/user_events.hpp"
#include "services/identity/keys/key_ring.hpp"
#include "services/identity/queries/queries.hpp"
#include "services/identity/store/listing.hpp"

namespace waybill::identity::queries {

Result<web::Response> find_me(pg::Session& session, const runtime::Query& query) {
  const Id id = query.caller.user.value_or(Id{});
  const auto user = store::find_user(session, id);
  if (!user) return Fault{FaultKind::unauthenticated, "unauthenticated", "Sign in first.", {}};
  return runtime::representation(events::representation(*user), user->version,
                                 user->id.to_string());
}

Result<web::Response> find_keys(pg::Session& session, const runtime::Query&) {
  web::Response response{200, "application/json",
                         keys::to_key_set(store::list_keys(session)).to_json()};
  response.headers.set("Cache-Control", "public, max-age=300");
  return response;
}

}  // namespace waybill::identity::queries
