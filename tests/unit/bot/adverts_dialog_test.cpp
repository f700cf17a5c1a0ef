// The advertising menus.
#include "services/bot/domain/campaign.hpp"
#include "services/bot/domain/chart.hpp"
#include "tests/unit/bot/talk.hpp"

using namespace waybill::bot::domain;
using namespace waybill::bot::domain::test;

namespace {

const std::string kAdvertiser = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

json::value advertisers() {
  return {{"items", json::array{{{"advertiser_id", kAdvertiser}, {"name", "Ada & Co"}}}},
          {"next", nullptr}};
}

json::object campaign() {
  return {{"campaign_id", "c-1"},
          {"advertiser_id", kAdvertiser},
          {"ad_title", "Lanterns"},
          {"ad_text", "White & bright"},
          {"impressions_limit", 100},
          {"clicks_limit", 10},
          {"cost_per_impression", 0.5},
          {"cost_per_click", 2.25},
          {"start_date", 0},
          {"end_date", 9},
          {"targeting",
           {{"gender", "FEMALE"}, {"age_from", 18}, {"age_to", nullptr}, {"location", "Bern"}}},
          {"image_uri", nullptr}};
}

Talk at_advertiser() {
  Talk talk;
  talk.write("/ads");
  talk.answer(200, advertisers());
  talk.press("Ada & Co");
  return talk;
}

Talk at_campaign() {
  Talk talk = at_advertiser();
  talk.press("Campaigns");
  talk.answer(200, {{"items", json::array{campaign()}}, {"total", 1}});
  talk.press("Lanterns");
  talk.answer(200, campaign());
  return talk;
}

Talk at_settings() {
  Talk talk = at_campaign();
  talk.press("Settings");
  return talk;
}

}  // namespace

TEST_CASE("the account's advertisers lead to one, and to its campaigns", "[bot][ads]") {
  Talk talk;
  talk.write("/ads");
  CHECK(talk.read_target() == "/v1/users/u-1/advertisers?limit=8");
  talk.answer(200, advertisers());
  talk.press("Ada & Co");
  CHECK(talk.text().find("<b>Ada &amp; Co</b>") != std::string::npos);
  talk.press("Campaigns");
  CHECK(talk.read_target() == "/v1/advertisers/" + kAdvertiser + "/campaigns?page=0&size=8");
  talk.answer(200, {{"items", json::array{campaign()}}, {"total", 9}});
  CHECK(talk.labels() == std::vector<std::string>{"Lanterns", "Next", "Back"});
  talk.press("Lanterns");
  talk.answer(200, campaign());
  CHECK(talk.text().find("White &amp; bright") != std::string::npos);
  CHECK(talk.text().find("Gender: Female, ages: 18-, location: Bern") != std::string::npos);
}

TEST_CASE("an advertiser that the account's list did not show can't be chosen", "[bot][ads]") {
  Talk talk;
  talk.write("/ads");
  talk.answer(200, advertisers());
  talk.press_data(talk.state.mark + ".ad:3f2504e0-4f89-41d3-9a0c-0305e82c3302");
  CHECK(talk.toast() == "This menu is outdated.");
  CHECK(talk.read_target().starts_with("/v1/users/u-1/advertisers"));  // the list again
}

TEST_CASE("an advertiser by id has to be bound to the account", "[bot][ads]") {
  Talk talk;
  talk.write("/ads");
  talk.answer(200, advertisers());
  talk.press("Add by id");
  talk.write("no uuid");
  CHECK(talk.says(Text::advertiser_bad_id));
  talk.write("3f2504e0-4f89-41d3-9a0c-0305e82c3302");
  CHECK(talk.read_target() == "/v1/users/u-1/advertisers?limit=100");
  talk.answer(200, advertisers());
  CHECK(talk.says(Text::advertiser_foreign));
  talk.write("3F2504E0-4F89-41D3-9A0C-0305E82C3301");
  talk.answer(200, advertisers());
  CHECK(talk.text().find("Ada &amp; Co") != std::string::npos);
}

TEST_CASE("a property is changed with the present targeting, and a refusal stays at the step",
          "[bot][ads]") {
  Talk talk = at_settings();
  talk.press("Price per click");
  CHECK(talk.text().find("2.25") != std::string::npos);
  talk.write("much");
  CHECK(talk.says(Text::bad_price));
  talk.write("2,5");
  CHECK(talk.asked().type == "waybill.advert.v1.UpdateCampaign");
  CHECK(talk.asked().body.at("cost_per_click") == 2.5);
  CHECK(talk.asked().body.at("targeting") == campaign().at("targeting"));
  talk.answer(400, {{"code", "BAD_REQUEST"}, {"detail", "not <after> campaign start"}});
  CHECK(talk.text().find("not &lt;after&gt; campaign start") != std::string::npos);
  CHECK(talk.state.at == "input.field");
  talk.write("3");
  json::object changed = campaign();
  changed["cost_per_click"] = 3.0;
  talk.answer(200, changed);
  CHECK(talk.says(Text::saved));
  CHECK(talk.state.at == "ads.settings");
}

TEST_CASE("targeting changes one value and keeps the others", "[bot][ads]") {
  Talk talk = at_settings();
  talk.press("Targeting");
  CHECK(talk.labels() ==
        std::vector<std::string>{"Male", "● Female", "All", "Ages", "Location", "Back"});
  talk.press("Ages");
  talk.write("eighteen");
  CHECK(talk.says(Text::bad_ages));
  talk.write("-35");
  const json::object& targeting = talk.asked().body.at("targeting").as_object();
  CHECK(targeting.at("age_from").is_null());
  CHECK(targeting.at("age_to") == 35);
  CHECK(targeting.at("gender") == "FEMALE");
  CHECK(targeting.at("location") == "Bern");
}

TEST_CASE("a location is removed by a dash", "[bot][ads]") {
  Talk talk = at_settings();
  talk.press("Targeting");
  talk.press("Location");
  talk.write("-");
  CHECK(talk.asked().body.at("targeting").as_object().at("location").is_null());
}

TEST_CASE("a new campaign goes step by step, is shown, and is made", "[bot][ads]") {
  Talk talk = at_advertiser();
  talk.press("New campaign");
  talk.write("Lanterns");
  talk.write("White and bright");
  talk.write("100");
  talk.write("-1");
  CHECK(talk.says(Text::bad_count));
  for (const char* value : {"10", "0.5", "2.25", "0", "9"}) talk.write(value);
  talk.press("Female");
  talk.write("18");
  talk.press("Skip");
  talk.press("Skip");
  CHECK(talk.says(Text::new_review));
  CHECK(talk.text().find("Price per click: 2.25") != std::string::npos);
  talk.press("Create");
  CHECK(talk.asked().body == json::object{{"advertiser_id", kAdvertiser},
                                          {"ad_title", "Lanterns"},
                                          {"ad_text", "White and bright"},
                                          {"impressions_limit", 100},
                                          {"clicks_limit", 10},
                                          {"cost_per_impression", 0.5},
                                          {"cost_per_click", 2.25},
                                          {"start_date", 0},
                                          {"end_date", 9},
                                          {"targeting", {{"gender", "FEMALE"}, {"age_from", 18}}}});
  talk.answer(400, {{"code", "BAD_REQUEST"}, {"detail", "Profanity in the title: B4D"}});
  CHECK(talk.text().find("B4D") != std::string::npos);
  talk.press("Change values");
  CHECK(talk.text().find("Now: Lanterns") != std::string::npos);
  talk.press("Next");
  CHECK(talk.text().find("Now: White and bright") != std::string::npos);
}

TEST_CASE("AI fills the text from topic, language and wishes", "[bot][ads]") {
  Talk talk = at_advertiser();
  talk.press("New campaign");
  talk.write("Lanterns");
  talk.press("Generate with AI");
  CHECK(talk.text().find("Topic: Lanterns") != std::string::npos);
  talk.press("Russian");
  talk.press("Wishes");
  talk.write("short");
  talk.press("Generate");
  const auto& post = std::get<Post>(*talk.call);
  CHECK(post.body ==
        json::object{{"topic", "Lanterns"}, {"language", "RU"}, {"additional", "short"}});
  talk.answer(200, {{"result", "лучший"}});
  CHECK(talk.text().find("лучший") != std::string::npos);
  CHECK(talk.state.at == "new.1");
}

TEST_CASE("statistics are figures, and a chart of the last fifteen days", "[bot][ads]") {
  Talk talk = at_campaign();
  talk.press("Total");
  CHECK(talk.read_target() == "/v1/stats/campaigns/c-1");
  talk.answer(200, {{"impressions_count", 3},
                    {"clicks_count", 1},
                    {"conversion", 100.0 / 3},
                    {"spent_impressions", 1.5},
                    {"spent_clicks", 2.25},
                    {"spent_total", 3.75}});
  CHECK(talk.text().find("Conversion: 33.3333 %") != std::string::npos);
  talk.press("Back");
  talk.answer(200, campaign());
  talk.press("Daily");
  CHECK(talk.read_target() == "/v1/stats/campaigns/c-1/daily");
  talk.answer(
      200, {{"items", json::array{{{"date", 20}, {"impressions_count", 3}, {"clicks_count", 1}}}}});
  REQUIRE(std::holds_alternative<SendPicture>(talk.actions.back()));
  CHECK(std::get<SendPicture>(talk.actions.back()).html == "<b>Lanterns</b>: days 6…20");
  talk.press("Back");
  talk.answer(200, campaign());
  talk.press("Daily");
  talk.answer(200, {{"items", json::array{}}});
  CHECK(talk.says(Text::daily_none));
}

TEST_CASE("cancelling an input goes back to the settings", "[bot][ads]") {
  Talk talk = at_settings();
  talk.press("Title");
  talk.press("Cancel");
  CHECK(talk.says(Text::canceled));
  CHECK(talk.state.at == "ads.settings");
}

TEST_CASE("the chart has the last fifteen days with data, zeros in the gaps", "[bot][chart]") {
  const auto days = chart_days({{2, 5, 1}, {20, 3, 1}});
  REQUIRE(days.size() == 15);
  CHECK(days.front().day == 6);
  CHECK(days.back().views == 3);
  CHECK(days[5].views == 0);
  CHECK(chart_days({{3, 1, 0}}).front().day == 0);
  CHECK(chart_days({}).empty());
  const std::string svg = to_svg(days, Language::ru);
  CHECK(svg.find("Показы") != std::string::npos);
  CHECK(svg.find("stroke-dasharray") != std::string::npos);
}

TEST_CASE("values are read as the contract has them", "[bot][ads]") {
  struct Row {
    const char* name;
    const char* text;
    bool good;
  };
  for (const Row& row : {Row{"clicks_limit", "0", true},
                         {"clicks_limit", "1.5", false},
                         {"clicks_limit", "2147483648", false},
                         {"start_date", "-3", true},
                         {"cost_per_click", "0", false},
                         {"cost_per_click", "1e400", false},
                         {"cost_per_click", "0.01", true},
                         {"ad_title", "", false},
                         {"age_from", "-1", false}}) {
    INFO(row.name << " " << row.text);
    CHECK(read_value(*find_property(row.name), row.text).has_value() == row.good);
  }
}
