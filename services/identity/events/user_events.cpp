#include "services/identity/events/user_events.hpp"

#include "libs/contract/json.hpp"

namespace waybill::identity::events {
namespace {

constexpr std::string_view topic = "waybill.users";

v1::UserChanged changed(const domain::User& user) {
  v1::UserChanged event;
  *event.mutable_user() = to_message(user);
  for (const domain::Address& address : user.addresses) {
    *event.add_addresses() = to_message(address);
  }
  return event;
}

v1::UserDeleted gone(const domain::User& user) {
  v1::UserDeleted event;
  event.set_id(user.id.to_string());
  event.set_version(user.version);
  return event;
}

}  // namespace

v1::User to_message(const domain::User& user) {
  v1::User message;
  message.set_id(user.id.to_string());
  message.set_email(user.email);
  message.set_username(user.username);
  if (user.description) message.set_description(*user.description);
  for (const Role role : user.roles) message.add_roles(std::string{to_string(role)});
  message.set_version(user.version);
  message.set_created_at(to_rfc3339(user.created_at));
  if (user.updated_at) message.set_updated_at(to_rfc3339(*user.updated_at));
  return message;
}

v1::Address to_message(const domain::Address& address) {
  v1::Address message;
  message.set_id(address.id.to_string());
  message.set_user_id(address.user_id.to_string());
  message.set_street(address.street);
  message.set_city(address.city);
  message.set_state(address.state);
  message.set_zip_code(address.zip_code);
  message.set_country(address.country);
  message.set_is_primary(address.is_primary);
  message.set_created_at(to_rfc3339(address.created_at));
  if (address.updated_at) message.set_updated_at(to_rfc3339(*address.updated_at));
  return message;
}

std::string representation(const domain::User& user) {
  return contract::to_json(to_message(user));
}

std::string representation(const domain::Address& address) {
  return contract::to_json(to_message(address));
}

void tell(outbox::Writer& out, const domain::User& user, const outbox::Cause& cause) {
  if (user.deleted) {
    out.event(topic, user.id, user.version, gone(user), cause);
  } else {
    out.event(topic, user.id, user.version, changed(user), cause);
  }
  out.invalidate("user:" + user.id.to_string(), user.version);
}

void tell_revoked(outbox::Writer& out, const Revocation& revocation, const outbox::Cause& cause) {
  v1::SessionsRevoked event;
  event.set_user_id(revocation.user_id.to_string());
  std::string what = "revoked";
  if (revocation.family) event.set_family(revocation.family->to_string());
  if (revocation.token) event.set_jti(revocation.token->to_string());
  what += ' ' + event.family() + ' ' + event.jti();
  event.set_revoked_at(to_rfc3339(revocation.at));
  event.set_until(to_rfc3339(revocation.until));
  out.notice(topic, revocation.user_id, what, event, cause);
}

}  // namespace waybill::identity::events
