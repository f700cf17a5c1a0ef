// The identity service's read API. Who may not act for a user gets 404, as for an absent one.
#pragma once

#include "libs/runtime/queries.hpp"

namespace waybill::identity::queries {

Result<web::Response> list_users(pg::Session& session, const runtime::Query& query);
Result<web::Response> find_user(pg::Session& session, const runtime::Query& query);
Result<web::Response> list_addresses(pg::Session& session, const runtime::Query& query);
Result<web::Response> find_address(pg::Session& session, const runtime::Query& query);
// The caller himself; 401 for a caller who is no user (any more).
Result<web::Response> find_me(pg::Session& session, const runtime::Query& query);
// The JWK Set of the keys that sign, will sign, or have signed what may still be valid.
Result<web::Response> find_keys(pg::Session& session, const runtime::Query& query);
// Which Telegram user acts for an account, if any.
Result<web::Response> find_telegram_link(pg::Session& session, const runtime::Query& query);
// For which account a Telegram user acts; for the bot, not part of the API.
Result<web::Response> find_telegram_account(pg::Session& session, const runtime::Query& query);

// All of them by path.
runtime::Queries make_queries();

}  // namespace waybill::identity::queries
