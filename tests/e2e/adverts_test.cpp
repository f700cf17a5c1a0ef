// Advertising over the whole platform: the odd forms of its contract, the choice, the books,
// access. Tests share the day: each that sets it leaves it at 0.
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;
namespace json = boost::json;

namespace {

constexpr pg::Statement find_totals{"test_find_totals", R"(
  SELECT impressions, clicks, spent_impressions, spent_clicks
    FROM advert_totals
   WHERE campaign_id = $1::uuid)"};

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

json::object client_of(const std::string& place) {
  return {{"client_id", new_id().to_string()},
          {"login", "ada"},
          {"age", 36},
          {"location", place},
          {"gender", "FEMALE"}};
}

json::object campaign_of(const std::string& place) {
  return {{"ad_title", "Lanterns"},
          {"ad_text", "White metal"},
          {"impressions_limit", 100},
          {"clicks_limit", 50},
          {"cost_per_impression", 37.0 / 91},
          {"cost_per_click", 2},
          {"start_date", 0},
          {"end_date", 10},
          {"targeting", {{"location", place}}}};
}

std::string make_client(const std::string& place) {
  const json::object client = client_of(place);
  REQUIRE(post("/v1/clients/bulk", json::array{client}).status == 201);
  return std::string{client.at("client_id").as_string()};
}

std::string make_advertiser() {
  const std::string id = new_id().to_string();
  const json::object advertiser{{"advertiser_id", id}, {"name", "Lanterns Ltd."}};
  REQUIRE(post("/v1/advertisers/bulk", json::array{advertiser}).status == 201);
  return id;
}

std::string make_campaign(const std::string& advertiser, const std::string& place) {
  const Reply made = post("/v1/advertisers/" + advertiser + "/campaigns", campaign_of(place));
  INFO(made.text);
  REQUIRE(made.status == 201);
  return made.member("campaign_id");
}

Reply choose(const std::string& client) {
  return get("/v1/ads?client_id=" + client);
}

Reply click(const std::string& ad, const std::string& client) {
  return post("/v1/ads/" + ad + "/click", {{"client_id", client}});
}

void set_day(std::int64_t day) {
  REQUIRE(post("/v1/time/advance", {{"current_date", day}}).status == 200);
}

}  // namespace

TEST_CASE("an ad is created, shown, clicked, and the figures know it at once", "[e2e][adverts]") {
  set_day(0);
  const std::string place = unique("place");
  const std::string client = make_client(place);
  const std::string advertiser = make_advertiser();
  const std::string campaign = make_campaign(advertiser, place);
  CHECK(click(campaign, client).status == 403);
  const Reply ad = choose(client);
  REQUIRE(ad.status == 200);
  CHECK(ad.member("ad_id") == campaign);
  CHECK(ad.headers.get("Cache-Control") == "no-store");
  CHECK(ad.body().as_object().size() == 4);
  CHECK(choose(client).status == 404);
  CHECK(click(upper(campaign), upper(client)).status == 204);
  CHECK(click(campaign, client).status == 204);
  const Reply stats = get("/v1/stats/campaigns/" + campaign);
  CHECK(stats.number("impressions_count") == 1);
  CHECK(stats.number("clicks_count") == 1);
  CHECK(stats.body().at("spent_impressions").to_number<double>() == 37.0 / 91);
  CHECK(stats.body().at("spent_total").to_number<double>() == 37.0 / 91 + 2);
  const Reply daily = get("/v1/stats/advertisers/" + advertiser + "/campaigns/daily");
  REQUIRE(daily.body().as_array().size() == 1);
  CHECK(daily.body().at(0).at("date") == 0);
  CHECK(remove("/v1/advertisers/" + advertiser + "/campaigns/" + campaign).status == 204);
  CHECK(get("/v1/stats/campaigns/" + campaign).status == 404);
}

TEST_CASE("bodies may be lenient: numbers as text, more members, a slash behind",
          "[e2e][adverts]") {
  json::object client = client_of("Bern");
  const std::string id{client.at("client_id").as_string()};
  client["client_id"] = upper(id);
  client["age"] = "36";
  client["shoe_size"] = 41;
  const Reply stored = post("/v1/clients/bulk/", json::array{client});
  REQUIRE(stored.status == 201);
  CHECK(stored.body().at(0).at("age") == 36);
  CHECK(stored.body().at(0).as_object().size() == 5);
  CHECK(get("/v1/clients/" + id + "?fields=all").member("client_id") == id);
  CHECK(post("/v1/time/advance", {{"current_date", "0"}}).text == R"({"current_date":0})");
}

TEST_CASE("problems are told in advertising's own form", "[e2e][adverts]") {
  const Reply missing = get("/v1/ads");
  CHECK(missing.status == 400);
  CHECK(missing.code() == "BAD_REQUEST");
  CHECK(missing.member("detail").find("Validation failed") != std::string::npos);
  CHECK(missing.member("detail").find("client_id") != std::string::npos);
  CHECK(missing.body().at("extra").at(0).at("key") == "client_id");
  CHECK(missing.body().at("extra").at(0).at("source") == "query");

  const Reply broken =
      call({"POST", "/v1/time/advance", "{", {{"Content-Type", "application/json"}}, false});
  CHECK(broken.status == 400);
  CHECK(broken.code() == "BAD_REQUEST");

  const Reply foreign =
      call({"POST", "/v1/time/advance", "7", {{"Content-Type", "text/plain"}}, false});
  CHECK(foreign.status == 415);
  CHECK(foreign.code() == "UNSUPPORTED_MEDIA_TYPE");

  for (const std::string path : {"/v1/clients/no-uuid", "/v1/ads/nothing", "/v1/stats",
                                 "/v1/ads?client_id=019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11"}) {
    const Reply absent = get(path);
    INFO(path << ": " << absent.text);
    CHECK(absent.status == 404);
    CHECK(absent.code() == "NOT_FOUND");
    CHECK(absent.body().at("extra") == json::object{});
    CHECK_FALSE(absent.member("correlation_id").empty());
  }
  const Reply method = call({"DELETE", "/v1/ping", {}, {}});
  CHECK(method.status == 405);
  CHECK(method.code() == "METHOD_NOT_ALLOWED");
  CHECK(get("/problems/BAD_REQUEST").status == 200);
  CHECK(get("/v1/orders/" + new_id().to_string()).code() == "not-found");  // the shop's own form
}

TEST_CASE("a repeat with the same key gets the same ad and records nothing", "[e2e][adverts]") {
  set_day(0);
  const std::string place = unique("place");
  const std::string client = make_client(place);
  const std::string advertiser = make_advertiser();
  make_campaign(advertiser, place);
  make_campaign(advertiser, place);
  const Call keyed =
      with_header({"GET", "/v1/ads?client_id=" + client, {}, {}}, "Idempotency-Key", unique("key"));
  const Reply first = call(keyed);
  REQUIRE(first.status == 200);
  CHECK(call(keyed).text == first.text);
  const std::string stats = "/v1/stats/advertisers/" + advertiser + "/campaigns";
  CHECK(get(stats).number("impressions_count") == 1);
  CHECK(choose(client).member("ad_id") != first.member("ad_id"));
}

TEST_CASE("to look at an ad's head is not to be shown it", "[e2e][adverts]") {
  const std::string place = unique("place");
  const std::string client = make_client(place);
  make_campaign(make_advertiser(), place);
  CHECK(call({"HEAD", "/v1/ads?client_id=" + client, {}, {}}).status == 405);
  CHECK(choose(client).status == 200);
}

TEST_CASE("ten thousand clients go into one body, one more does not", "[e2e][adverts]") {
  json::array clients;
  for (int i = 0; i < 10'000; ++i) clients.push_back(client_of("Bern"));
  const Reply stored =
      call(with_header(json_call("POST", "/v1/clients/bulk", clients), "Prefer", "wait=30"));
  REQUIRE(stored.status == 201);
  CHECK(stored.body().as_array().size() == 10'000);
  const std::string last{clients.back().at("client_id").as_string()};
  CHECK(get("/v1/clients/" + last).status == 200);
  clients.push_back(client_of("Bern"));
  CHECK(post("/v1/clients/bulk", clients).status == 400);
}

TEST_CASE("the day holds for whatever begins after the answer", "[e2e][adverts]") {
  const std::vector<std::int64_t> days{7, -2147483648LL, 2147483647, 7, 7, 0};
  for (const std::int64_t day : days) {
    set_day(day);
    CHECK(get("/v1/ping").number("current_date") == day);
  }
}

TEST_CASE("64 clients at once: never more than the limit allows, each once", "[e2e][adverts]") {
  set_day(0);
  const std::string place = unique("place");
  const std::string advertiser = make_advertiser();
  json::array clients;
  std::vector<Call> calls;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(client_of(place));
    const std::string id{clients.back().at("client_id").as_string()};
    for (int twice = 0; twice < 2; ++twice)
      calls.push_back({"GET", "/v1/ads?client_id=" + id, {}, {}});
  }
  REQUIRE(post("/v1/clients/bulk", clients).status == 201);
  json::object body = campaign_of(place);
  body["impressions_limit"] = 40;
  const std::string campaigns = "/v1/advertisers/" + advertiser + "/campaigns";
  const std::string narrow = post(campaigns, body).member("campaign_id");
  const std::string wide = make_campaign(advertiser, place);
  std::map<int, int> statuses;
  for (const Reply& reply : call_all(calls)) ++statuses[reply.status];
  CHECK(get("/v1/stats/campaigns/" + narrow).number("impressions_count") == 42);
  CHECK(get("/v1/stats/campaigns/" + wide).number("impressions_count") == 64);
  CHECK(statuses == std::map<int, int>{{200, 106}, {404, 22}});
}

TEST_CASE("the tool plays the recorded choices again, and comes to the same ads",
          "[e2e][adverts][tool]") {
  const auto began = now();
  set_day(0);
  const std::string place = unique("place");
  const std::string advertiser = make_advertiser();
  for (int i = 0; i < 3; ++i) make_campaign(advertiser, place);
  const std::string client = make_client(place);
  const std::string ad = choose(client).member("ad_id");
  REQUIRE(click(ad, client).status == 204);
  REQUIRE(choose(client).status == 200);
  const std::string simulate = fmt::format(
      "{} adverts simulate --json --quiet --from {} --advertiser {} --formula "
      "weights=0.9,0.25,0.15 "
      "--formula limits=0",
      WAYBILL_TOOL, to_rfc3339(began), advertiser);
  json::array columns;
  const bool told = eventually(seconds{10}, [&] {
    try {
      columns = json::parse(run(simulate)).as_array();
    } catch (const std::runtime_error&) {
      return false;  // no ad was told yet
    }
    return columns.at(0).at("impressions") == 2 && columns.at(0).at("clicks") == 1;
  });
  REQUIRE(told);
  const json::object& then = columns.at(0).as_object();
  json::object again = columns.at(1).as_object();
  CHECK(again.at("same_ad") == again.at("requests"));
  again["formula"] = then.at("formula");
  CHECK(again == then);
  CHECK(then.at("revenue").as_double() == Approx(2 * 37.0 / 91 + 2));
  CHECK(columns.at(2).at("without_ad") == then.at("requests"));
}

TEST_CASE("the dashboards' views know an ad and a click within two seconds", "[e2e][adverts]") {
  set_day(0);
  const std::string place = unique("place");
  const std::string campaign = make_campaign(make_advertiser(), place);
  const std::string client = make_client(place);
  REQUIRE(choose(client).status == 200);
  REQUIRE(click(campaign, client).status == 204);
  pg::Options options;
  options.url = testing::environment("WAYBILL_DATABASE_REPORT");
  pg::Connection connection{std::move(options)};
  const auto told = [&] {
    pg::Session session{connection};
    const pg::Rows rows = session.exec(find_totals, *Id::parse(campaign));
    return rows.size() == 1 && rows[0].integer(0) == 1 && rows[0].integer(1) == 1 &&
           rows[0].real(2) == 37.0 / 91 && rows[0].real(3) == 2;
  };
  CHECK(eventually(seconds{2}, told));
}

TEST_CASE("moderation is switched on, catches what looks like a listed word, and off",
          "[e2e][adverts]") {
  const std::string advertiser = make_advertiser();
  REQUIRE(put("/v1/profanity/blacklist", json::array{"плохое", "badq"}).status == 204);
  REQUIRE(call({"PUT", "/v1/profanity/enable", {}, {}}).status == 204);
  CHECK(get("/v1/profanity/enabled").text == R"({"is_enabled":true})");
  json::object body = campaign_of("Bern");
  body["ad_title"] = "совсем пл0х0е дело";
  const Reply refused = post("/v1/advertisers/" + advertiser + "/campaigns", body);
  CHECK(call({"PUT", "/v1/profanity/disable", {}, {}}).status == 204);
  CHECK(refused.status == 400);
  CHECK(refused.member("detail").find("Profanity") != std::string::npos);
  CHECK(refused.body().at("extra").at("word") == "пл0х0е");
  CHECK(post("/v1/advertisers/" + advertiser + "/campaigns", body).status == 201);
}

TEST_CASE("an account has advertisers of its own, in open access too", "[e2e][adverts]") {
  const Account anna = make_account();
  const Account ben = make_account();
  const std::string path = "/v1/users/" + anna.id + "/advertisers";
  const Call create = json_call("POST", path, {{"name", "Anna's"}});
  const Reply made = call(as(anna.token, create));
  REQUIRE(made.status == 201);
  CHECK(call(as(ben.token, create)).status == 404);
  CHECK(call(as("", {"GET", path, {}, {}})).status == 401);
  CHECK(call(as(anna.token, {"GET", path, {}, {}})).body().at("items").as_array().size() == 1);
  const std::string owner = "/v1/advertisers/" + made.member("advertiser_id") + "/owner";
  const Call bind = json_call("PUT", owner, {{"user_id", ben.id}});
  CHECK(call(as(anna.token, bind)).status == 403);
  CHECK(eventually(seconds{10}, [&] { return call(bind).status == 204; }));
  CHECK(call(as(anna.token, {"GET", path, {}, {}})).body().at("items").as_array().empty());
  CHECK(remove(owner).status == 204);
  CHECK(put(owner, {{"user_id", new_id().to_string()}}).status == 404);
}

TEST_CASE("nobody who did not ask for it gets a 202", "[e2e][adverts]") {
  const Reply accepted = call(with_header(
      json_call("POST", "/v1/time/advance", {{"current_date", 0}}), "Prefer", "respond-async"));
  CHECK(accepted.status == 202);
  CHECK(eventually(seconds{5}, [&] {
    return get(std::string{accepted.headers.get("Location")}).member("status") == "succeeded";
  }));
}
