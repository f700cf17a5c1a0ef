#include <catch2/catch.hpp>

#include "tests/integration/advert/desk.hpp"

using namespace waybill;
using namespace waybill::advert;
using namespace waybill::advert::test;

namespace {

constexpr pg::Statement shows_of{"test_shows_of",
                                 "SELECT shows FROM campaigns WHERE id = $1::uuid"};
constexpr pg::Statement rows_of{
    "test_rows_of", "SELECT count(*) FROM metrics WHERE campaign_id = $1::uuid AND fact = 'SHOW'"};

v1::UpdateCampaign edit_of(const v1::CreateCampaign& campaign, const std::string& id) {
  v1::UpdateCampaign body;
  body.set_advertiser_id(campaign.advertiser_id());
  body.set_campaign_id(id);
  *body.mutable_targeting() = campaign.targeting();
  return body;
}

}  // namespace

TEST_CASE("an impression is recorded with what the choice was based on", "[advert][choice]") {
  Worker worker;
  worker.set_day(7);
  const std::string place = new_place();
  const std::string client = make_client(worker, place);
  const std::string advertiser = make_advertiser(worker);
  v1::CreateCampaign body = campaign_of(advertiser, place);
  body.set_start_date(7);
  const std::string id = create(worker, body);
  set_score(worker, client, advertiser, 3);
  const Done done = worker.choose(client);
  CHECK(done.status() == 200);
  CHECK(done.body() == json::value{{"ad_id", id},
                                   {"ad_title", "Lanterns"},
                                   {"ad_text", "White metal"},
                                   {"advertiser_id", advertiser}});
  REQUIRE(done.told("ImpressionRecorded") == 1);
  v1::ImpressionRecorded event;
  REQUIRE(event.ParseFromString(done.out.rows.front().payload));
  CHECK(event.campaign_id() == id);
  CHECK(event.client_id() == client);
  CHECK(event.day() == 7);
  CHECK(event.price() == 0.5);
  CHECK(event.score() == Approx(0.9 + 0.25 + 0.15));
  CHECK(event.relevance_term() == 1);
  CHECK(event.candidates() == 1);
  CHECK(event.shows() == 1);
  CHECK(worker.ask(shows_of, id) == 1);
}

TEST_CASE("a client gets each ad once: the next best, then none", "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const std::string client = make_client(worker, place);
  v1::CreateCampaign body = campaign_of(make_advertiser(worker), place);
  const std::string cheap = create(worker, body);
  body.set_cost_per_impression(5);
  const std::string dear = create(worker, body);
  CHECK(worker.choose(client).text("ad_id") == dear);
  CHECK(worker.choose(client).text("ad_id") == cheap);
  const Done none = worker.choose(client);
  CHECK(none.status() == 404);
  CHECK(none.out.rows.empty());
}

TEST_CASE("choices of one batch know each other", "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 3);
  const std::string id = create(worker, campaign_of(make_advertiser(worker), place, 2));
  std::vector<outbox::Command<v1::ChooseAd>> batch;
  for (const std::string& client : {clients[0], clients[0], clients[1], clients[2]}) {
    v1::ChooseAd body;
    body.set_client_id(client);
    batch.push_back(command(body));
  }
  const Done done = worker.run(commands::ChooseAds{worker.desk}, batch);
  CHECK(done.status(0) == 200);
  CHECK(done.status(1) == 404);  // seen
  CHECK(done.status(2) == 200);
  CHECK(done.status(3) == 404);  // the limit
  CHECK(worker.ask(shows_of, id) == 2);
  CHECK(worker.ask(rows_of, id) == 2);
}

TEST_CASE("an unknown client is a 404", "[advert][choice]") {
  Worker worker;
  CHECK(worker.choose(new_id().to_string()).status() == 404);
}

TEST_CASE("a choice that waited longer than its deadline is refused and forgotten",
          "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const std::string client = make_client(worker, place);
  const std::string id = create(worker, campaign_of(make_advertiser(worker), place));
  v1::ChooseAd body;
  body.set_client_id(client);
  auto late = command(body);
  late.cause.sent_at -= seconds{3};
  const Done done = worker.run(commands::ChooseAds{worker.desk}, std::vector{late});
  CHECK(done.status() == 503);
  CHECK(done.outcome().kind == outbox::Outcome::Kind::not_now);
  CHECK(worker.ask(rows_of, id) == 0);
}

TEST_CASE("the day decides who runs, on every worker, also set backwards", "[advert][choice]") {
  Worker one, other;
  one.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(one, place, 4);
  v1::CreateCampaign body = campaign_of(make_advertiser(one), place);
  body.set_start_date(5);
  body.set_end_date(5);
  const std::string id = create(one, body);
  CHECK(other.choose(clients[0]).status() == 404);
  one.set_day(5);
  CHECK(other.choose(clients[0]).status() == 200);
  CHECK(one.choose(clients[1]).status() == 200);
  one.set_day(6);
  CHECK(other.choose(clients[2]).status() == 404);
  other.set_day(-3);
  CHECK(one.choose(clients[2]).status() == 404);
  CHECK(one.get_json("/v1/ping") == json::value{{"status", "ok"}, {"current_date", -3}});
  CHECK(one.ask(shows_of, id) == 2);  // what was booked stays
  other.set_day(5);
  CHECK(one.choose(clients[2]).status() == 200);
}

TEST_CASE("what another worker creates, edits and deletes is seen at once", "[advert][choice]") {
  Worker one, other;
  one.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(one, place, 4);
  const v1::CreateCampaign body = campaign_of(make_advertiser(one), place);
  CHECK(other.choose(clients[0]).status() == 404);
  const std::string id = create(one, body);
  CHECK(other.choose(clients[0]).status() == 200);
  v1::UpdateCampaign edit = edit_of(body, id);
  edit.mutable_targeting()->set_gender("MALE");
  one.run_one(commands::UpdateCampaigns{one.desk}, edit);
  CHECK(other.choose(clients[1]).status() == 404);
  edit.mutable_targeting()->clear_gender();
  other.run_one(commands::UpdateCampaigns{other.desk}, edit);
  CHECK(one.choose(clients[1]).status() == 200);
  v1::DeleteCampaign gone;
  gone.set_advertiser_id(body.advertiser_id());
  gone.set_campaign_id(id);
  one.run_one(commands::DeleteCampaigns{one.desk}, gone);
  CHECK(other.choose(clients[2]).status() == 404);
}

TEST_CASE("what was rolled back is not in the index", "[advert][choice]") {
  Worker worker, other;
  worker.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 3);
  const std::string id = create(worker, campaign_of(make_advertiser(worker), place, 1));
  v1::ChooseAd body;
  body.set_client_id(clients[0]);
  const commands::ChooseAds choose{worker.desk};
  CHECK(worker.run(choose, std::vector{command(body)}, false).status() == 200);
  CHECK(worker.choose(clients[1]).status() == 200);  // the limit is not used up
  CHECK(worker.choose(clients[2]).status() == 404);
  CHECK(worker.ask(rows_of, id) == 1);
  // One that another worker took the place of.
  const std::string second = create(worker, campaign_of(make_advertiser(worker), place, 1));
  body.set_client_id(clients[1]);
  CHECK(worker.run(choose, std::vector{command(body)}, false).status() == 200);
  CHECK(other.choose(clients[2]).text("ad_id") == second);
  CHECK(worker.choose(clients[1]).status() == 404);
  CHECK(worker.ask(rows_of, second) == 1);
}

TEST_CASE("what the database did not take is not in the index", "[advert][choice]") {
  constexpr pg::Statement shut{
      "test_shut", "ALTER TABLE metrics ADD CONSTRAINT test_shut CHECK (false) NOT VALID"};
  constexpr pg::Statement opened{"test_opened", "ALTER TABLE metrics DROP CONSTRAINT test_shut"};
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 3);
  const std::string advertiser = make_advertiser(worker);
  const std::string first = create(worker, campaign_of(advertiser, place, 1));
  REQUIRE(worker.choose(clients[0]).text("ad_id") == first);
  const std::string second = create(worker, campaign_of(advertiser, place, 1));
  pg::Connection owner{database().options()};
  pg::Session{owner}.exec(shut);
  CHECK_THROWS_AS(worker.choose(clients[1]), pg::Error);
  pg::Session{owner}.exec(opened);
  CHECK(worker.choose(clients[2]).text("ad_id") == second);  // the limit is not used up
  CHECK(worker.ask(rows_of, second) == 1);
}

TEST_CASE("clicks that reach their limit stop a campaign", "[advert][choice]") {
  Worker worker, other;
  worker.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 3);
  v1::CreateCampaign body = campaign_of(make_advertiser(worker), place);
  body.set_clicks_limit(1);
  const std::string id = create(worker, body);
  REQUIRE(worker.choose(clients[0]).status() == 200);
  REQUIRE(worker.choose(clients[1]).status() == 200);
  CHECK(worker.click(id, clients[0]).status() == 204);
  CHECK(worker.click(id, clients[1]).status() == 204);  // the limit does not matter to a click
  CHECK(worker.choose(clients[2]).status() == 404);
  CHECK(other.choose(clients[2]).status() == 404);
}

TEST_CASE("scores count for the client they are of", "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 2);
  const std::string first = make_advertiser(worker);
  const std::string second = make_advertiser(worker);
  create(worker, campaign_of(first, place));
  const std::string suits = create(worker, campaign_of(second, place));
  set_score(worker, clients[0], second, 10);
  set_score(worker, clients[0], first, 9);
  CHECK(worker.choose(clients[0]).text("ad_id") == suits);
  CHECK(worker.choose(clients[1]).text("advertiser_id") == first);  // a tie: the older one
}

TEST_CASE("weights that change while the service runs count from the next choice",
          "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 2);
  const std::string suits = make_advertiser(worker);
  v1::CreateCampaign dear = campaign_of(make_advertiser(worker), place);
  dear.set_cost_per_impression(50);
  dear.set_cost_per_click(50);
  create(worker, dear);
  create(worker, campaign_of(suits, place));
  for (const std::string& client : clients) set_score(worker, client, suits, 5);
  CHECK(worker.choose(clients[0]).text("advertiser_id") == dear.advertiser_id());
  commands::ChoiceRules rules;
  rules.weights.price = 0;
  worker.rules.set(rules);
  CHECK(worker.choose(clients[1]).text("advertiser_id") == suits);
}

TEST_CASE("pacing keeps a campaign for those whom it suits, until its last day",
          "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  commands::ChoiceRules rules;
  rules.pacing = true;
  worker.rules.set(rules);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 4);
  const std::string advertiser = make_advertiser(worker);
  v1::CreateCampaign body = campaign_of(advertiser, place, 1);
  body.set_end_date(10);
  const std::string id = create(worker, body);
  set_score(worker, clients[0], advertiser, 100);
  set_score(worker, clients[1], advertiser, 49);
  CHECK(worker.choose(clients[1]).status() == 404);
  const json::value why =
      worker.get_json("/v1/ads/explain", {{"client_id", clients[1]}}).at("candidates");
  const auto is_it = [&](const json::value& candidate) {
    return candidate.at("campaign_id") == json::value(id);
  };
  const json::array& candidates = why.as_array();
  const auto found = std::find_if(candidates.begin(), candidates.end(), is_it);
  REQUIRE(found != candidates.end());
  CHECK(found->at("reason") == "paced");
  worker.set_day(10);
  CHECK(worker.choose(clients[1]).status() == 200);
}

TEST_CASE("with pacing, choices of one batch know each other, too", "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  commands::ChoiceRules rules;
  rules.pacing = true;
  worker.rules.set(rules);
  const std::string place = new_place();
  const auto clients = make_clients(worker, place, 3);
  const std::string id = create(worker, campaign_of(make_advertiser(worker), place, 2));
  std::vector<outbox::Command<v1::ChooseAd>> batch;
  for (const std::string& client : clients) {
    v1::ChooseAd body;
    body.set_client_id(client);
    batch.push_back(command(body));
  }
  const Done done = worker.run(commands::ChooseAds{worker.desk}, batch);
  CHECK(done.told("ImpressionRecorded") == 2);
  CHECK(worker.ask(rows_of, id) == 2);
}

TEST_CASE("an explanation says why each campaign would be chosen or not, and records nothing",
          "[advert][choice]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const std::string client = make_client(worker, place);
  const std::string advertiser = make_advertiser(worker);
  std::map<std::string, std::string> expected;  // by campaign
  v1::CreateCampaign body = campaign_of(advertiser, place);
  body.set_cost_per_impression(900);  // shown first
  expected[create(worker, body)] = "seen";
  REQUIRE(worker.choose(client).status() == 200);
  body.set_cost_per_impression(0.5);
  const std::string chosen = create(worker, body);
  body.set_start_date(4);
  expected[create(worker, body)] = "not-running";
  body = campaign_of(advertiser, new_place());
  expected[create(worker, body)] = "targeting";
  body = campaign_of(advertiser, place, 0);
  expected[create(worker, body)] = "impressions-limit";
  body = campaign_of(advertiser, place);
  body.set_clicks_limit(0);
  expected[create(worker, body)] = "clicks-limit";
  for (int i = 0; i < 2; ++i) {
    const json::value answer = worker.get_json("/v1/ads/explain", {{"client_id", client}});
    CHECK(answer.at("current_date") == 0);
    CHECK(answer.at("chosen").at("ad_id") == json::value(chosen));
    CHECK(answer.at("candidates").at(0).at("campaign_id") == json::value(chosen));
    CHECK(answer.at("candidates").at(0).at("eligible") == true);
    CHECK(answer.at("candidates").at(0).at("terms").at("fill") == 1);
    for (const json::value& candidate : answer.at("candidates").as_array()) {
      const auto known = expected.find(std::string{candidate.at("campaign_id").as_string()});
      if (known != expected.end()) CHECK(candidate.at("reason") == json::value(known->second));
    }
  }
  CHECK(worker.choose(client).text("ad_id") == chosen);
  CHECK(worker.get_json("/v1/ads/explain", {{"client_id", client}}).at("chosen").is_null());
  CHECK(worker.get("/v1/ads/explain", {{"client_id", new_id().to_string()}}).status == 404);
}
