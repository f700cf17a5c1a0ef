#include "services/identity/queries/queries.hpp"

namespace waybill::identity::queries {

runtime::Queries make_queries() {
  runtime::Queries queries;
  queries.get("/v1/users", list_users);
  queries.get("/v1/users/{id}", find_user, {"user:{id}", std::chrono::hours{1}});
  queries.get("/v1/users/{id}/addresses", list_addresses);
  queries.get("/v1/users/{id}/addresses/{address_id}", find_address);
  queries.get("/v1/users/{id}/telegram-link", find_telegram_link);
  queries.get("/internal/telegram-users/{telegram_user_id}", find_telegram_account);
  queries.get("/v1/auth/me", find_me);
  queries.get("/v1/auth/jwks.json", find_keys);
  queries.get("/.well-known/jwks.json", find_keys);
  return queries;
}

}  // namespace waybill::identity::queries
