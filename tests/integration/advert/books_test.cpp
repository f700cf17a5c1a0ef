// Clicks, statistics, and the books when many workers write them at once.
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/integration/advert/desk.hpp"

using namespace waybill;
using namespace waybill::advert;
using namespace waybill::advert::test;

namespace {

constexpr pg::Statement rows_of{
    "test_rows_of", "SELECT count(*) FROM metrics WHERE campaign_id = $1::uuid AND fact = 'SHOW'"};
constexpr pg::Statement clients_of{"test_clients_of",
                                   "SELECT count(DISTINCT client_id) FROM metrics "
                                   "WHERE campaign_id = $1::uuid AND fact = 'SHOW'"};
constexpr pg::Statement shows_of{"test_shows_of",
                                 "SELECT shows FROM campaigns WHERE id = $1::uuid"};

// One shown ad.
struct Scene {
  Worker worker;
  std::string place = new_place();
  std::string client;
  v1::CreateCampaign campaign;
  std::string id;

  explicit Scene(std::int32_t day = 0) {
    worker.set_day(day);
    client = make_client(worker, place);
    campaign = campaign_of(make_advertiser(worker), place);
    campaign.set_start_date(day);
    id = create(worker, campaign);
  }

  json::value stats() { return worker.get_json("/v1/stats/campaigns/" + id); }
  json::value daily(const std::vector<std::pair<std::string, std::string>>& range = {}) {
    return worker.get_json("/v1/stats/campaigns/" + id + "/daily", range);
  }
  void set_prices(double impression, double click) {
    v1::UpdateCampaign body;
    body.set_advertiser_id(campaign.advertiser_id());
    body.set_campaign_id(id);
    *body.mutable_targeting() = campaign.targeting();
    body.set_cost_per_impression(impression);
    body.set_cost_per_click(click);
    worker.run_one(commands::UpdateCampaigns{worker.desk}, body);
  }
};

std::vector<std::int64_t> days_of(const json::value& daily) {
  std::vector<std::int64_t> days;
  for (const json::value& day : daily.as_array()) days.push_back(day.at("date").as_int64());
  return days;
}

}  // namespace

TEST_CASE("a click needs an impression of that client", "[advert][books]") {
  Scene scene;
  const Done refused = scene.worker.click(scene.id, scene.client);
  CHECK(refused.status() == 403);
  CHECK(refused.outcome().fault->code == "FORBIDDEN");
  CHECK(scene.worker.click(new_id().to_string(), scene.client).status() == 404);
  CHECK(scene.worker.click(scene.id, new_id().to_string()).status() == 404);
  REQUIRE(scene.worker.choose(scene.client).status() == 200);
  const Done clicked = scene.worker.click(scene.id, scene.client);
  CHECK(clicked.status() == 204);
  CHECK(clicked.told("ClickRecorded") == 1);
}

TEST_CASE("a repeated click is answered and not counted", "[advert][books]") {
  Scene scene;
  scene.worker.choose(scene.client);
  scene.worker.click(scene.id, scene.client);
  const Done again = scene.worker.click(scene.id, scene.client);
  CHECK(again.status() == 204);
  CHECK(again.told("ClickRecorded") == 0);
  CHECK(scene.stats().at("clicks_count") == 1);
  v1::ClickAd body;
  body.set_ad_id(scene.id);
  const std::string other = make_client(scene.worker, scene.place);
  scene.worker.choose(other);
  body.set_client_id(other);
  const Done twice =
      scene.worker.run(commands::record_clicks, std::vector{command(body), command(body)});
  CHECK(twice.told("ClickRecorded") == 1);
  CHECK(scene.stats().at("clicks_count") == 2);
}

TEST_CASE("statistics have exactly the members of the contract, as JSON numbers",
          "[advert][books]") {
  Scene scene;
  scene.worker.choose(scene.client);
  CHECK(scene.worker.get("/v1/stats/campaigns/" + scene.id).body ==
        R"({"impressions_count":1,"clicks_count":0,"conversion":0,"spent_impressions":0.5,)"
        R"("spent_clicks":0,"spent_total":0.5})");
  scene.worker.click(scene.id, scene.client);
  CHECK(scene.worker.get("/v1/stats/campaigns/" + scene.id + "/daily").body ==
        R"([{"impressions_count":1,"clicks_count":1,"conversion":100,"spent_impressions":0.5,)"
        R"("spent_clicks":2,"spent_total":2.5,"date":0}])");
}

TEST_CASE("prices are frozen when the thing happens", "[advert][books]") {
  Scene scene;
  const std::string later = make_client(scene.worker, scene.place);
  scene.worker.choose(scene.client);
  scene.set_prices(37.0 / 91, 7);
  scene.worker.choose(later);
  scene.worker.click(scene.id, scene.client);  // at the price of the click, not of the impression
  scene.set_prices(100, 100);
  const json::value stats = scene.stats();
  CHECK(stats.at("spent_impressions").to_number<double>() == 0.5 + 37.0 / 91);
  CHECK(stats.at("spent_clicks") == 7);
  CHECK(stats.at("conversion") == 50);
}

TEST_CASE("a click on a later day is booked on that day", "[advert][books]") {
  Scene scene;
  scene.worker.choose(scene.client);
  scene.worker.set_day(2000);  // after the end
  CHECK(scene.worker.click(scene.id, scene.client).status() == 204);
  const json::value daily = scene.daily();
  CHECK(days_of(daily) == std::vector<std::int64_t>{0, 2000});
  CHECK(daily.at(1).at("impressions_count") == 0);
  CHECK(daily.at(1).at("clicks_count") == 1);
  CHECK(daily.at(1).at("conversion") == 0);
}

TEST_CASE("days are asked for from 0 and without an end, unless it is said otherwise",
          "[advert][books]") {
  Scene scene{-5};
  scene.worker.choose(scene.client);
  for (const std::int32_t day : {0, 3}) {
    scene.worker.set_day(day);
    scene.worker.choose(make_client(scene.worker, scene.place));
  }
  using Days = std::vector<std::int64_t>;
  CHECK(days_of(scene.daily()) == Days{0, 3});
  CHECK(days_of(scene.daily({{"date_from", "-5"}})) == Days{-5, 0, 3});
  CHECK(days_of(scene.daily({{"date_from", "-5"}, {"date_to", "0"}})) == Days{-5, 0});
  CHECK(days_of(scene.daily({{"date_from", "1"}, {"date_to", "-1"}})) == Days{3});
  CHECK(days_of(scene.daily({{"date_from", "-9"}, {"date_to", "-2"}})) == Days{-5});
}

TEST_CASE("an advertiser's figures are sums, conversion is computed from them", "[advert][books]") {
  Scene scene;
  Worker& worker = scene.worker;
  const std::string advertiser = scene.campaign.advertiser_id();
  const std::string path = "/v1/stats/advertisers/" + advertiser + "/campaigns";
  CHECK(worker.get_json(path).at("spent_total") == 0);
  create(worker, scene.campaign);
  const std::string other = make_client(worker, scene.place);
  for (int i = 0; i < 2; ++i) worker.choose(scene.client);
  for (int i = 0; i < 2; ++i) worker.choose(other);
  worker.click(scene.id, other);
  const json::value sums = worker.get_json(path);
  CHECK(sums.at("impressions_count") == 4);
  CHECK(sums.at("conversion") == 25);
  CHECK(worker.get_json(path + "/daily").at(0).at("impressions_count") == 4);
  CHECK(worker.get("/v1/stats/advertisers/" + new_id().to_string() + "/campaigns").status == 404);
}

TEST_CASE("of three workers and many clients nobody goes beyond a limit", "[advert][books]") {
  Scene scene;
  const std::string place = new_place();
  const auto clients = make_clients(scene.worker, place, 64);
  const std::string narrow =
      create(scene.worker, campaign_of(make_advertiser(scene.worker), place, 20));
  const std::string wide =
      create(scene.worker, campaign_of(make_advertiser(scene.worker), place, 100));
  std::atomic<int> shown{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      Worker worker;
      for (std::size_t round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < clients.size(); ++i) {
          shown += worker.choose(clients[(i + t * 21) % clients.size()]).status() == 200;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(scene.worker.ask(rows_of, narrow) == 21);  // 105 %
  CHECK(scene.worker.ask(shows_of, narrow) == 21);
  CHECK(scene.worker.ask(rows_of, wide) == 64);
  CHECK(scene.worker.ask(clients_of, wide) == 64);
  CHECK(shown == 85);
}
