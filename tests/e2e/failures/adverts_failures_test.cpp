// Advert workers are killed while ads are chosen: limits hold, each client gets an ad once, and the
// books, the counters and the events tell the same.
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;
namespace json = boost::json;

namespace {

struct ThreeWorkers {
  ThreeWorkers() { run("deploy/local/platform.sh " + instance() + " scale advert=3"); }
  ~ThreeWorkers() { run("deploy/local/platform.sh " + instance() + " scale advert=1"); }
};

json::array clients_of(const std::string& place, int count) {
  json::array clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(json::object{{"client_id", new_id().to_string()},
                                   {"login", "ada"},
                                   {"age", 36},
                                   {"location", place},
                                   {"gender", "FEMALE"}});
  }
  return clients;
}

std::string make_campaign(const std::string& place, int limit) {
  const std::string advertiser = new_id().to_string();
  const json::object named{{"advertiser_id", advertiser}, {"name", "Lanterns Ltd."}};
  REQUIRE(post("/v1/advertisers/bulk", json::array{named}).status == 201);
  const Reply made =
      post("/v1/advertisers/" + advertiser + "/campaigns", {{"ad_title", "Lanterns"},
                                                            {"ad_text", "White metal"},
                                                            {"impressions_limit", limit},
                                                            {"clicks_limit", 50},
                                                            {"cost_per_impression", 0.5},
                                                            {"cost_per_click", 2},
                                                            {"start_date", 0},
                                                            {"end_date", 10},
                                                            {"targeting", {{"location", place}}}});
  REQUIRE(made.status == 201);
  return made.member("campaign_id");
}

}  // namespace

TEST_CASE("64 clients, a limit of 100, three workers, one killed in the middle",
          "[e2e][failures][adverts]") {
  const ThreeWorkers three;
  REQUIRE(post("/v1/time/advance", {{"current_date", 0}}).status == 200);
  const std::string place = unique("place");
  const json::array clients = clients_of(place, 200);
  REQUIRE(post("/v1/clients/bulk", clients).status == 201);
  const std::string campaign = make_campaign(place, 100);
  std::atomic<std::size_t> next{0};
  std::atomic<int> shown{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&] {
      Line line{gateway_address(), seconds{20}};
      for (std::size_t i = next++; i < 2 * clients.size(); i = next++) {
        const std::string id{clients[i % clients.size()].at("client_id").as_string()};
        const Reply ad = line.call({"GET", "/v1/ads?client_id=" + id, {}, {}});
        // Campaigns of others may be for everybody.
        shown += ad.status == 200 && ad.member("ad_id") == campaign;
      }
    });
  }
  CHECK(eventually(seconds{20}, [&] { return shown > 10; }));
  kill_hard({pids_of("advert").front()});
  for (std::thread& thread : threads) thread.join();
  // Who asks just after the kill may be told to come again.
  Reply stats;
  REQUIRE(eventually(seconds{20}, [&] {
    stats = get("/v1/stats/campaigns/" + campaign);
    return stats.status == 200;
  }));
  // Every answer is a row; a row whose worker died before it could answer may have none.
  CHECK(stats.number("impressions_count") <= 105);
  CHECK(stats.number("impressions_count") >= shown);
  CHECK(stats.body().at("spent_impressions").to_number<double>() ==
        0.5 * static_cast<double>(stats.number("impressions_count")));
  // Rows, counters and versions against the topic.
  run(std::string{WAYBILL_TOOL} + " audit --settle 60s --service advert");
}
