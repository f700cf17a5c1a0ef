// Advertising with access by ownership: who may do what of its contract's groups. All services are
// restarted for it, so nothing else may run beside it.
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;
namespace json = boost::json;

namespace {

enum class Group { customers, staff, owner };

struct Ask {
  Group group;
  std::string method, path;
  json::value body;
};

int status_of(const Ask& ask, const std::string& token) {
  Call request{ask.method, ask.path, {}, {}};
  if (!ask.body.is_null()) request = json_call(ask.method, ask.path, ask.body);
  return call(as(token, std::move(request))).status;
}

json::object campaign_of(const std::string& place) {
  return {{"ad_title", "Lanterns"},
          {"ad_text", "White metal"},
          {"impressions_limit", 100},
          {"clicks_limit", 50},
          {"cost_per_impression", 0.5},
          {"cost_per_click", 2},
          {"start_date", 0},
          {"end_date", 10},
          {"targeting", {{"location", place}}}};
}

json::object client_of(const std::string& place) {
  return {{"client_id", new_id().to_string()},
          {"login", "ada"},
          {"age", 36},
          {"location", place},
          {"gender", "FEMALE"}};
}

// Everything of the contract's table, of one advertiser and one client.
std::vector<Ask> operations(const std::string& advertiser, const std::string& campaign,
                            const json::object& client) {
  const std::string who{client.at("client_id").as_string()};
  const std::string place{client.at("location").as_string()};
  const std::string own = "/v1/advertisers/" + advertiser;
  const std::string campaigns = own + "/campaigns";
  const json::object named{{"advertiser_id", new_id().to_string()}, {"name", "Other Ltd."}};
  return {
      {Group::customers, "GET", "/v1/clients/" + who, {}},
      {Group::customers, "GET", own, {}},
      {Group::customers, "GET", "/v1/ads?client_id=" + who, {}},
      {Group::customers, "POST", "/v1/ads/" + campaign + "/click", {{"client_id", who}}},
      {Group::customers, "GET", "/v1/profanity/enabled", {}},
      {Group::customers, "POST", "/v1/ai/generate-text", {{"topic", "tea"}, {"language", "EN"}}},
      {Group::staff, "POST", "/v1/clients/bulk", json::array{client_of(place)}},
      {Group::staff, "POST", "/v1/advertisers/bulk", json::array{named}},
      {Group::staff,
       "POST",
       "/v1/ml-scores",
       {{"client_id", who}, {"advertiser_id", advertiser}, {"score", 1}}},
      {Group::staff, "POST", "/v1/time/advance", {{"current_date", 0}}},
      {Group::staff, "PUT", "/v1/profanity/blacklist", json::array{}},
      {Group::staff, "PUT", "/v1/profanity/enable", {}},
      {Group::staff, "PUT", "/v1/profanity/disable", {}},
      {Group::staff, "GET", "/v1/ads/explain?client_id=" + who, {}},
      {Group::owner, "POST", campaigns, campaign_of(place)},
      {Group::owner, "GET", campaigns + '/' + campaign, {}},
      {Group::owner, "PUT", campaigns + '/' + campaign, {{"ad_title", "Lamps"}}},
      {Group::owner, "DELETE", campaigns + '/' + campaign + "/image", {}},
      {Group::owner, "GET", "/v1/stats/campaigns/" + campaign, {}},
      {Group::owner, "GET", "/v1/stats/campaigns/" + campaign + "/daily", {}},
      {Group::owner, "GET", "/v1/stats/advertisers/" + advertiser + "/campaigns", {}},
      {Group::owner, "GET", "/v1/stats/advertisers/" + advertiser + "/campaigns/daily", {}},
  };
}

}  // namespace

TEST_CASE("with advert.access = enforced each group of operations is for its callers alone",
          "[e2e][failures][adverts][access]") {
  const Account anna = make_account();
  const Account ben = make_account();
  const Account clerk = make_account({"staff"});
  const WithSettings enforced{"WAYBILL_ADVERT_ACCESS=enforced"};
  Reply made;
  REQUIRE(eventually(seconds{20}, [&] {
    made = call(as(anna.token, json_call("POST", "/v1/users/" + anna.id + "/advertisers",
                                         {{"name", "Anna's"}})));
    return made.status == 201;
  }));
  const std::string advertiser = made.member("advertiser_id");
  const std::string campaigns = "/v1/advertisers/" + advertiser + "/campaigns";
  const json::object client = client_of(unique("place"));
  REQUIRE(post("/v1/time/advance", {{"current_date", 0}}).status == 200);
  REQUIRE(post("/v1/clients/bulk", json::array{client}).status == 201);
  const Reply created =
      call(as(anna.token, json_call("POST", campaigns,
                                    campaign_of(std::string{client.at("location").as_string()}))));
  REQUIRE(created.status == 201);
  for (const Ask& ask : operations(advertiser, created.member("campaign_id"), client)) {
    INFO(ask.method << ' ' << ask.path);
    CHECK(status_of(ask, "") == 401);
    const int stranger = status_of(ask, ben.token);
    if (ask.group == Group::staff) {
      CHECK(stranger == 403);
      CHECK(status_of(ask, anna.token) == 403);
    } else if (ask.group == Group::owner) {
      CHECK(stranger == 404);
      CHECK(status_of(ask, anna.token) < 300);
    } else {
      CHECK(stranger < 300);
    }
    const int by_staff = status_of(ask, clerk.token);
    // The one ad there is was shown to this client already.
    CHECK((by_staff < 300 || (by_staff == 404 && ask.path.starts_with("/v1/ads?"))));
  }
  // A foreign advertiser is like an unknown one, which has no campaigns.
  CHECK(call(as(ben.token, {"GET", campaigns, {}, {}})).text == "[]");
  CHECK(call(as(anna.token, {"GET", campaigns, {}, {}})).body().as_array().size() == 3);
  CHECK(call(as("", {"GET", "/v1/ping", {}, {}})).status == 200);
  CHECK(call(as("", {"GET", "/v1/images/" + new_id().to_string() + ".png", {}, {}})).status == 404);
}
