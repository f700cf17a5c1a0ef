#include "services/identity/store/telegram.hpp"

#include <charconv>

#include "libs/contract/json.hpp"
#include "services/identity/queries/queries.hpp"
#include "services/identity/store/listing.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::identity::queries {
namespace {

web::Response unkept(const google::protobuf::Message& message) {
  web::Response response{200, "application/json", contract::to_json(message)};
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

Result<web::Response> find_telegram_link(pg::Session& session, const runtime::Query& query) {
  const Id user_id = query.id();
  if (!query.caller.may_act_for(user_id) || !store::find_user(session, user_id)) {
    return not_found("There is no such user.");
  }
  const auto link = store::find_telegram_link(session, user_id);
  v1::TelegramLink message;
  message.set_linked(link.has_value());
  if (link) {
    if (link->username) message.set_telegram_username(*link->username);
    message.set_linked_at(to_rfc3339(link->linked_at));
  }
  return unkept(message);
}

Result<web::Response> find_telegram_account(pg::Session& session, const runtime::Query& query) {
  const std::string_view text = web::param(query.params, "telegram_user_id");
  std::int64_t telegram_user = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), telegram_user);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  const auto account = is_number && query.caller.is_staff()
                           ? store::find_linked_account(session, telegram_user)
                           : std::nullopt;
  if (!account) return not_found("This Telegram user acts for no account.");
  v1::TelegramAccount message;
  message.set_user_id(account->user_id.to_string());
  message.set_username(account->username);
  return unkept(message);
}

}  // namespace waybill::identity::queries
