#include "services/advert/domain/campaign.hpp"

#include <catch2/catch.hpp>

#include "services/advert/domain/stats.hpp"

using namespace waybill;
using namespace waybill::advert::domain;

namespace {

Campaign lanterns() {
  Campaign campaign;
  campaign.id = new_id();
  campaign.advertiser_id = new_id();
  campaign.ad_title = "Lanterns";
  campaign.ad_text = "White metal";
  campaign.impressions_limit = 100;
  campaign.clicks_limit = 10;
  campaign.cost_per_impression = 0.5;
  campaign.cost_per_click = 2;
  campaign.start_date = 5;
  campaign.end_date = 9;
  return campaign;
}

Client ada() {
  Client client;
  client.age = 36;
  client.location = "Bern";
  client.gender = "FEMALE";
  return client;
}

// The word of the contract that the refusal names; "" when there is none.
template <class T>
bool says(const Result<T>& result, const std::string& word) {
  return !result && result.error().detail.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("a campaign runs from its first day to its last, both included", "[advert]") {
  const Campaign campaign = lanterns();
  CHECK_FALSE(is_running(campaign, 4));
  CHECK(is_running(campaign, 5));
  CHECK(is_running(campaign, 9));
  CHECK_FALSE(is_running(campaign, 10));
  CHECK(has_started(campaign, 10));
  CHECK_FALSE(has_started(campaign, 4));
}

TEST_CASE("targeting without members restricts nothing", "[advert]") {
  CHECK(fits({}, ada()));
}

TEST_CASE("gender ALL is both, another gender is refused", "[advert]") {
  Targeting targeting;
  targeting.gender = "ALL";
  CHECK(fits(targeting, ada()));
  targeting.gender = "FEMALE";
  CHECK(fits(targeting, ada()));
  targeting.gender = "MALE";
  CHECK_FALSE(fits(targeting, ada()));
}

TEST_CASE("ages are inclusive", "[advert]") {
  Targeting targeting;
  targeting.age_from = 36;
  targeting.age_to = 36;
  CHECK(fits(targeting, ada()));
  targeting.age_from = 37;
  targeting.age_to.reset();
  CHECK_FALSE(fits(targeting, ada()));
  targeting.age_from.reset();
  targeting.age_to = 35;
  CHECK_FALSE(fits(targeting, ada()));
}

TEST_CASE("locations are compared byte by byte", "[advert]") {
  Targeting targeting;
  targeting.location = "bern";
  CHECK_FALSE(fits(targeting, ada()));
  targeting.location = "Bern";
  CHECK(fits(targeting, ada()));
}

TEST_CASE("impressions may reach 105 % of their limit, rounded down", "[advert]") {
  CHECK(most_impressions(0) == 0);
  CHECK(most_impressions(19) == 19);
  CHECK(most_impressions(20) == 21);
  CHECK(most_impressions(100) == 105);
  CHECK(most_impressions(2147483647) == std::int64_t{2147483647} + 107374182);
  Campaign campaign = lanterns();
  campaign.shows = 104;
  CHECK(has_impressions_left(campaign));
  campaign.shows = 105;
  CHECK_FALSE(has_impressions_left(campaign));
}

TEST_CASE("clicks stop a campaign when they are 105 % of their limit", "[advert]") {
  Campaign campaign = lanterns();
  campaign.clicks = 10;  // below 10.5
  CHECK(has_clicks_left(campaign));
  campaign.clicks = 11;
  CHECK_FALSE(has_clicks_left(campaign));
  campaign.clicks_limit = 0;
  campaign.clicks = 0;
  CHECK_FALSE(has_clicks_left(campaign));
}

TEST_CASE("a new campaign's dates are in order and not in the past", "[advert]") {
  Campaign campaign = lanterns();
  CHECK(check_new(campaign, 5).has_value());
  CHECK(says(check_new(campaign, 6), "date"));
  campaign.end_date = 4;
  CHECK(says(check_new(campaign, 0), "date"));
  campaign.end_date = 5;  // one day is a campaign
  CHECK(check_new(campaign, 0).has_value());
}

TEST_CASE("dates are looked at before ages", "[advert]") {
  Campaign campaign = lanterns();
  campaign.targeting.age_from = 40;
  campaign.targeting.age_to = 30;
  CHECK(says(check_new(campaign, 0), "age"));
  campaign.end_date = 0;
  CHECK(says(check_new(campaign, 0), "date"));
}

TEST_CASE("what an edit does not name keeps its value, empty texts too", "[advert]") {
  Edit edit;
  edit.ad_title = "";
  edit.ad_text = "Brass";
  const auto after = edited(lanterns(), edit, 0);
  REQUIRE(after.has_value());
  CHECK(after->ad_title == "Lanterns");
  CHECK(after->ad_text == "Brass");
  CHECK(after->impressions_limit == 100);
  CHECK(after->version == 2);
}

TEST_CASE("the targeting is always replaced, a partial one clears the rest", "[advert]") {
  Campaign campaign = lanterns();
  campaign.targeting.gender = "MALE";
  campaign.targeting.location = "Bern";
  Edit edit;
  edit.targeting.age_from = 18;
  const auto partial = edited(campaign, edit, 0);
  REQUIRE(partial.has_value());
  CHECK(partial->targeting == edit.targeting);
  const auto cleared = edited(campaign, Edit{}, 0);
  REQUIRE(cleared.has_value());
  CHECK(cleared->targeting == Targeting{});
}

TEST_CASE("once started, other dates and limits are refused, the present ones are fine",
          "[advert]") {
  Edit edit;
  edit.impressions_limit = 101;
  CHECK(says(edited(lanterns(), edit, 5), "after campaign start"));
  edit.impressions_limit = 100;
  edit.start_date = 5;
  CHECK(edited(lanterns(), edit, 5).has_value());
  edit.end_date = 12;
  CHECK(says(edited(lanterns(), edit, 20), "after campaign start"));
}

TEST_CASE("texts, prices and targeting can be edited after the end", "[advert]") {
  Edit edit;
  edit.ad_title = "Sold out";
  edit.cost_per_click = 7;
  edit.targeting.gender = "ALL";
  const auto after = edited(lanterns(), edit, 100);
  REQUIRE(after.has_value());
  CHECK(after->ad_title == "Sold out");
  CHECK(after->cost_per_click == 7);
}

TEST_CASE("a clock that was set back makes a campaign editable again", "[advert]") {
  Edit edit;
  edit.impressions_limit = 7;
  CHECK_FALSE(edited(lanterns(), edit, 5).has_value());
  CHECK(edited(lanterns(), edit, 4).has_value());
}

TEST_CASE("before the start changed dates are not in the past, and in order", "[advert]") {
  Edit edit;
  edit.start_date = 2;
  CHECK(says(edited(lanterns(), edit, 3), "date"));
  CHECK(edited(lanterns(), edit, 2).has_value());
  edit.start_date = 10;
  CHECK(says(edited(lanterns(), edit, 3), "date"));
  edit.end_date = 10;
  CHECK(edited(lanterns(), edit, 3).has_value());
}

TEST_CASE("an edit with ages in the wrong order is refused", "[advert]") {
  Edit edit;
  edit.targeting.age_from = 2;
  edit.targeting.age_to = 1;
  CHECK(says(edited(lanterns(), edit, 0), "age"));
}

TEST_CASE("an edit that changes nothing is no new version", "[advert]") {
  CHECK(edited(lanterns(), Edit{}, 0)->version == 1);
}

TEST_CASE("conversion is clicks per hundred impressions, 0 without any", "[advert]") {
  Stats stats;
  stats.clicks = 3;
  CHECK(stats.conversion() == 0);
  stats.impressions = 12;
  CHECK(stats.conversion() == 25);
}
