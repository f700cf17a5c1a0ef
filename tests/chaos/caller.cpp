#include "tests/chaos/caller.hpp"

#include "libs/testing/testing.hpp"
#include "services/gateway/commands/identity.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::chaos {
namespace {

namespace json = boost::json;
using e2e::Call;
using e2e::Reply;

constexpr seconds kPatience{300};
constexpr seconds kRequestTime{8};

// Whose keys they are: the account that all calls come from.
const std::string& account() {
  static const std::string key = [] {
    const Reply found = e2e::get("/v1/users?email=" + testing::environment("WAYBILL_EMAIL"));
    return "user " + e2e::text(found.body().at("items").as_array().at(0).as_object(), "id");
  }();
  return key;
}

}  // namespace

Caller::Caller(const std::string& gateway, e2e::Book& book)
    : book_{book}, line_{gateway, kRequestTime} {
  account();  // while everything still works
}

Reply Caller::insist(Call request, const std::string& key, bool repeats) {
  request.headers.emplace_back("Idempotency-Key", key);
  Reply reply;
  testing::eventually(kPatience, [&] {
    reply = line_.call(request);
    note(request, key, reply);
    return !repeats || !e2e::should_repeat(reply.status);
  });
  return reply;
}

void Caller::note(const Call& call, const std::string& key, const Reply& reply) {
  json::object line{
      {"method", call.method}, {"path", call.path}, {"key", key}, {"status", reply.status}};
  if (reply.status == 201) {
    line["id"] = reply.id();
  } else {
    line["command_id"] = gateway::command_id(account(), key).to_string();
  }
  book_.note(json::serialize(line));
}

}  // namespace waybill::chaos
