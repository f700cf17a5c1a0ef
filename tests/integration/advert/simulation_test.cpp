// What real handlers decided and told, played again from the events alone.
#include <random>

#include <catch2/catch.hpp>

#include "libs/outbox/row.hpp"
#include "services/advert/projections/what_if.hpp"
#include "tests/integration/advert/desk.hpp"

using namespace waybill;
using namespace waybill::advert;
using namespace waybill::advert::test;
using projections::Figures;
using projections::Formula;

namespace {

// Some days of one place: clients, scores, campaigns and the clock change between the choices.
class History {
 public:
  History(Worker& worker, int seed) : worker_{worker}, dice_{static_cast<unsigned>(seed)} {
    worker_.set_day(0);
    for (int i = 0; i < 3; ++i) advertisers_.push_back(make_advertiser(worker_));
    put_clients(12);
    for (int i = 0; i < 6; ++i) put_campaign();
  }

  void live(int steps) {
    for (int i = 0; i < steps; ++i) {
      const int what = roll(0, 19);
      if (what == 0) put_clients(2);
      if (what == 1) put_campaign();
      if (what == 2) edit_campaign();
      if (what == 3) delete_campaign();
      if (what == 4) worker_.set_day(roll(-1, 4));
      if (what == 5 || what == 6) set_score(worker_, client(), advertiser(), roll(0, 9));
      if (what == 7 || what == 8) click();
      if (what > 8) choose(roll(1, 4));
    }
  }

 private:
  int roll(int from, int to) { return std::uniform_int_distribution<int>{from, to}(dice_); }
  template <class T>
  const T& any(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(roll(0, static_cast<int>(all.size()) - 1))];
  }
  const std::string& client() { return any(clients_); }
  const std::string& advertiser() { return any(advertisers_); }

  void put_clients(int count) {
    v1::PutClients body;
    for (int i = 0; i < count; ++i) {
      *body.add_clients() = client_of(place_, roll(18, 40), roll(0, 1) == 0 ? "MALE" : "FEMALE");
      clients_.push_back(body.clients(i).client_id());
    }
    worker_.run_one(commands::put_clients, body);
  }
  // Few prices, so that many scores are equal and the oldest wins.
  v1::CreateCampaign any_campaign() {
    v1::CreateCampaign body = campaign_of(advertiser(), place_, roll(1, 25));
    body.set_clicks_limit(roll(1, 6));
    body.set_cost_per_impression(roll(1, 2) / 7.0);
    body.set_cost_per_click(roll(1, 2) / 3.0);
    body.set_start_date(5);
    body.set_end_date(5 + roll(0, 4));
    if (roll(0, 2) == 0) body.mutable_targeting()->set_age_from(roll(18, 40));
    if (roll(0, 2) == 0) body.mutable_targeting()->set_gender("FEMALE");
    return body;
  }
  // Made ready for a day to come; then the clock goes on.
  void put_campaign() {
    v1::CreateCampaign body = any_campaign();
    worker_.set_day(0);
    body.set_start_date(roll(0, 2));
    campaigns_.emplace_back(body, create(worker_, body));
    worker_.set_day(roll(0, 3));
  }
  void edit_campaign() {
    if (campaigns_.empty()) return;
    const auto& [made, id] = any(campaigns_);
    v1::UpdateCampaign body;
    body.set_advertiser_id(made.advertiser_id());
    body.set_campaign_id(id);
    body.set_cost_per_impression(roll(1, 3) / 7.0);
    *body.mutable_targeting() = made.targeting();
    worker_.run_one(commands::UpdateCampaigns{worker_.desk}, body);
  }
  void delete_campaign() {
    if (campaigns_.size() < 4) return;
    v1::DeleteCampaign body;
    body.set_advertiser_id(campaigns_.front().first.advertiser_id());
    body.set_campaign_id(campaigns_.front().second);
    worker_.run_one(commands::DeleteCampaigns{worker_.desk}, body);
    campaigns_.erase(campaigns_.begin());
  }
  // Several in one batch; now and then it is rolled back and never told.
  void choose(int count) {
    std::vector<outbox::Command<v1::ChooseAd>> batch;
    for (int i = 0; i < count; ++i) {
      v1::ChooseAd body;
      body.set_client_id(client());
      batch.push_back(command(body));
    }
    const bool commits = roll(0, 9) > 0;
    const Done done = worker_.run(commands::ChooseAds{worker_.desk}, batch, commits);
    for (std::size_t i = 0; commits && i < batch.size(); ++i) {
      if (done.status(i) != 200) continue;
      shown_.emplace_back(std::string{done.body(i).at("ad_id").as_string()},
                          batch[i].body.client_id());
    }
  }
  void click() {
    if (shown_.empty()) return;
    const auto& [ad, client] = any(shown_);
    worker_.click(ad, client);
  }

  Worker& worker_;
  std::mt19937 dice_;
  const std::string place_ = new_place();
  std::vector<std::string> clients_;
  std::vector<std::string> advertisers_;
  std::vector<std::pair<v1::CreateCampaign, std::string>> campaigns_;
  std::vector<std::pair<std::string, std::string>> shown_;  // ad, client
};

// As the relay tells them, but in any order, some of them twice.
std::vector<projections::Step> steps_of(const Worker& worker) {
  std::vector<messaging::Event> events;
  for (const outbox::Writer::Row& row : worker.told) {
    messaging::Event event;
    event.topic = row.target;
    event.key = row.key;
    event.value = row.payload;
    event.headers = outbox::parse_headers(row.headers);
    event.headers["ce_sequence"] = fmt::format("{:020}", events.size() + 1);
    events.push_back(std::move(event));
  }
  std::shuffle(events.begin(), events.end(), std::mt19937{1});
  projections::StepsAsTold told;
  for (const messaging::Event& event : events) told.add(event);
  for (std::size_t i = 0; i < events.size(); i += 5) told.add(events[i]);
  return told.take();
}

}  // namespace

TEST_CASE("choices played again by the formula that made them are the same",
          "[advert][simulation][property]") {
  const int seed = GENERATE(range(1, 7));
  CAPTURE(seed);
  Worker worker;
  commands::ChoiceRules rules;
  rules.weights = {0.5, 0.7, 0.3,
                   seed % 3 == 0 ? domain::FillTerm::count : domain::FillTerm::share};
  rules.pacing = seed % 2 == 0;
  worker.rules.set(rules);
  History{worker, seed}.live(120);
  const auto steps = steps_of(worker);
  Formula formula;
  formula.weights = rules.weights;
  formula.pacing = rules.pacing;
  const Figures then = projections::as_recorded(steps, {});
  const Figures again = projections::what_if(steps, {}, formula);
  REQUIRE(then.requests > 10);
  CHECK(then.clicks > 0);
  CHECK(again.same == then.requests);
  CHECK(again == then);
}

TEST_CASE("a period is played on its own, behind what was before it", "[advert][simulation]") {
  Worker worker;
  History{worker, 11}.live(120);
  const auto steps = steps_of(worker);
  std::int64_t sum = 0;
  for (const domain::Day day : {-1, 0, 1, 2, 3, 4}) {
    projections::Period period;
    period.from_day = period.to_day = day;
    const Figures then = projections::as_recorded(steps, period);
    CHECK(projections::what_if(steps, period, {}) == then);
    sum += then.requests;
  }
  CHECK(sum == projections::as_recorded(steps, {}).requests);
}

TEST_CASE("other weights show other ads, and one advertiser's figures are a part of all",
          "[advert][simulation]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const std::string rich = make_advertiser(worker);
  const std::string liked = make_advertiser(worker);
  v1::CreateCampaign body = campaign_of(rich, place, 2);
  body.set_cost_per_impression(4);
  const std::string dear = create(worker, body);
  body = campaign_of(liked, place);
  body.set_cost_per_impression(1);
  const std::string cheap = create(worker, body);
  const std::vector<std::string> clients = make_clients(worker, place, 3);
  for (const std::string& client : clients) {
    set_score(worker, client, liked, 10);
    worker.choose(client);
  }
  worker.click(dear, clients[0]);
  const auto steps = steps_of(worker);

  const Figures then = projections::as_recorded(steps, {});
  CHECK(then.spent_impressions == 9);  // dear, dear, and cheap once dear is full
  CHECK(then.clicks == 1);
  Formula relevant;
  relevant.weights = {0, 1, 0, domain::FillTerm::share};
  const Figures relevance_first = projections::what_if(steps, {}, relevant);
  CHECK(relevance_first.same == 1);
  CHECK(relevance_first.spent_impressions == 3);
  CHECK(relevance_first.relevance == 1);
  CHECK(relevance_first.clicks == 0);  // nobody is shown what he clicked
  Formula wider;
  wider.limit_of[*Id::parse(dear)] = 3;
  const Figures unlimited = projections::what_if(steps, {}, wider);
  CHECK(unlimited.spent_impressions == 12);
  CHECK(unlimited.expected_clicks == 0.5);  // one of two clicked on it
  CHECK(unlimited.spent_expected == 1);
  Formula none;
  none.limits = 0;
  CHECK(projections::what_if(steps, {}, none).without_ad == 3);
  const Figures one = projections::as_recorded(steps, {}, Id::parse(liked));
  CHECK(one.impressions == 1);
  CHECK(one.campaigns == 1);
  CHECK(one.fulfilment == 0.01);
}
