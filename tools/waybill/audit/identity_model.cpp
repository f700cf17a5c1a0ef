#include "tools/waybill/audit/model.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::tool::audit {
namespace {

std::string facts(const messaging::Event& event) {
  const auto type = event.headers.find("ce_type");
  const bool deleted = type != event.headers.end() &&
                       type->second == identity::v1::UserDeleted::descriptor()->full_name();
  if (deleted) return "deleted";
  identity::v1::UserChanged message;
  if (!message.ParseFromString(event.value)) return "unreadable";
  std::vector<std::string> addresses;
  for (const identity::v1::Address& address : message.addresses()) {
    addresses.push_back(fmt::format("{}|{}|{}|{}|{}|{}|{}", address.id(), address.street(),
                                    address.city(), address.state(), address.zip_code(),
                                    address.country(), address.is_primary() ? "t" : "f"));
  }
  std::sort(addresses.begin(), addresses.end());
  std::string text = message.user().email() + '|' + message.user().username();
  for (const std::string& address : addresses) text += ';' + address;
  return text;
}

const std::string kStates =
    "SELECT u.id, u.version, md5(CASE WHEN u.deleted_at IS NOT NULL THEN 'deleted' ELSE "
    "concat_ws('|', u.email, u.username) || coalesce(';' || a.list, '') END), u.created_at >= " +
    kSince +
    " FROM user_account u LEFT JOIN (SELECT user_id, string_agg(concat_ws('|', id, street, city, "
    "state, zip_code, country, is_primary), ';' ORDER BY id) AS list FROM address "
    "GROUP BY user_id) AS a ON a.user_id = u.id "
    "WHERE coalesce(u.updated_at, u.created_at) >= " +
    kSince + " ORDER BY u.id";

// Each change of a user is told once, with the command as its cause. What was told is kept for a
// week.
const std::string kTold =
    "WITH done AS (SELECT command_id, type, " + kStatus +
    " AS status FROM inbox WHERE type IN ('waybill.identity.v1.CreateUser', "
    "'waybill.identity.v1.UpdateUser', 'waybill.identity.v1.DeleteUser', "
    "'waybill.identity.v1.AddAddress', 'waybill.identity.v1.UpdateAddress', "
    "'waybill.identity.v1.DeleteAddress', 'waybill.identity.v1.ChangeRoles') AND outcome IS NOT "
    "NULL AND NOT dead AND at > now() - "
    "interval '6 days' AND " +
    in_range("at") +
    "), told AS (SELECT (headers->>'ce_causationid')::uuid AS cause_id FROM outbox_sent "
    "WHERE channel = 'event' AND headers->>'ce_version' IS NOT NULL UNION ALL "
    "SELECT (headers->>'ce_causationid')::uuid FROM outbox WHERE channel = 'event' "
    "AND headers->>'ce_version' IS NOT NULL), effects AS (SELECT done.command_id, done.type, "
    "done.status, "
    "count(told.cause_id) AS events FROM done LEFT JOIN told ON told.cause_id = done.command_id "
    "GROUP BY done.command_id, done.type, done.status) ";

}  // namespace

Model identity_model() {
  return {
      .service = "identity",
      .topic = "waybill.users",
      .id_name = "user_id",
      .states = kStates,
      .facts = facts,
      .checks = {
          {"command-without-effect", "commands changed their user",
           kTold +
               "SELECT json_build_object('command_id', command_id), type || ' was answered ' || "
               "status || ', but changed nothing' FROM effects WHERE status BETWEEN 200 AND 299 "
               "AND events = 0 AND type IN ('waybill.identity.v1.CreateUser', "
               "'waybill.identity.v1.AddAddress', 'waybill.identity.v1.DeleteUser', "
               "'waybill.identity.v1.DeleteAddress') ORDER BY command_id"},
          {"command-done-twice", "commands changed their user once",
           kTold +
               "SELECT json_build_object('command_id', command_id), type || ' changed users ' || "
               "events || ' times' FROM effects WHERE events > 1 ORDER BY command_id"},
          {"refused-with-effect", "refused commands did nothing",
           kTold +
               "SELECT json_build_object('command_id', command_id), type || ' was answered ' || "
               "status || ', but changed a user' FROM effects WHERE status >= 400 AND events > 0 "
               "ORDER BY command_id"},
          {"state-without-command", "users come from commands",
           "SELECT json_build_object('user_id', u.id), 'nobody created it' FROM user_account u "
           "WHERE " +
               in_range("u.created_at") +
               " AND u.created_at > now() - interval '29 days' "
               "AND NOT EXISTS (SELECT FROM inbox WHERE command_id = u.id) ORDER BY u.id"},
      }};
}

}  // namespace waybill::tool::audit
