#include <catch2/catch.hpp>

#include "tests/integration/advert/desk.hpp"

using namespace waybill;
using namespace waybill::advert;
using namespace waybill::advert::test;

namespace {

std::string path_of(const std::string& advertiser, const std::string& campaign = {}) {
  const std::string list = "/v1/advertisers/" + advertiser + "/campaigns";
  return campaign.empty() ? list : list + '/' + campaign;
}

v1::UpdateCampaign edit_of(const std::string& advertiser, const std::string& campaign) {
  v1::UpdateCampaign body;
  body.set_advertiser_id(advertiser);
  body.set_campaign_id(campaign);
  body.mutable_targeting()->set_location("Bern");  // absent it would be for everybody
  return body;
}

Done update(Worker& worker, const v1::UpdateCampaign& body) {
  return worker.run_one(commands::UpdateCampaigns{worker.desk}, body);
}

void moderate(Worker& worker, const std::vector<std::string>& words) {
  v1::SetBlacklist body;
  for (const std::string& word : words) body.add_words(word);
  worker.run_one(commands::set_blacklists, body);
  worker.run_one(commands::enable_moderation, v1::EnableModeration{});
}

// Whatever the test does, the next one finds no moderation.
struct Unmoderated {
  Worker& worker;
  ~Unmoderated() { worker.run_one(commands::disable_moderation, v1::DisableModeration{}); }
};

}  // namespace

TEST_CASE("a campaign has exactly the members of the contract", "[advert][campaigns]") {
  Worker worker;
  worker.set_day(0);
  const std::string advertiser = make_advertiser(worker);
  v1::CreateCampaign body = campaign_of(advertiser, "Bern");
  body.clear_targeting();
  body.set_start_date(500);  // it is for everybody: not while other tests choose
  body.set_end_date(500);
  const Done done = worker.run_one(commands::CreateCampaigns{worker.desk}, body);
  CHECK(done.status() == 201);
  const json::object campaign = done.body().as_object();
  CHECK(campaign.size() == 12);
  CHECK(campaign.at("image_uri").is_null());
  REQUIRE(campaign.at("targeting").as_object().size() == 4);
  for (const auto& member : campaign.at("targeting").as_object()) CHECK(member.value().is_null());
  CHECK(done.told("CampaignChanged") == 1);
  CHECK(worker.get_json(path_of(advertiser, done.text("campaign_id"))) == done.body());
}

TEST_CASE("a price comes back as exactly the same double", "[advert][campaigns]") {
  Worker worker;
  worker.set_day(0);
  const std::string advertiser = make_advertiser(worker);
  for (const double price : {37.0 / 91, 0.1, 1e-7, 123456789.125, 5e20}) {
    v1::CreateCampaign body = campaign_of(advertiser, "Bern");
    body.set_cost_per_click(price);
    const std::string id = create(worker, body);
    const std::string text = worker.get(path_of(advertiser, id)).body;
    CHECK(text.find('e', text.find("cost_per_click\":") + 16) >
          text.find(',', text.find("cost_per_click\":")));
    CHECK(json::parse(text).at("cost_per_click").to_number<double>() == price);
  }
}

TEST_CASE("the first broken rule of a new campaign answers", "[advert][campaigns]") {
  Worker worker;
  worker.set_day(3);
  const Unmoderated after{worker};
  moderate(worker, {"bad"});
  v1::CreateCampaign body = campaign_of(new_id().to_string(), "Bern");
  body.set_ad_title("so B4D");
  body.mutable_targeting()->set_age_from(9);
  body.mutable_targeting()->set_age_to(8);
  const auto refusal = [&] { return worker.run_one(commands::CreateCampaigns{worker.desk}, body); };
  body.set_start_date(2);
  CHECK(refusal().detail().find("date") != std::string::npos);
  body.set_start_date(3);
  CHECK(refusal().detail().find("age") != std::string::npos);
  body.mutable_targeting()->set_age_to(9);
  const Done profane = refusal();
  CHECK(profane.detail().find("Profanity") != std::string::npos);
  CHECK(profane.outcome().fault->members.at("extra").at("word") == "B4D");
  body.set_ad_title("fine");
  CHECK(refusal().status() == 404);
  body.set_advertiser_id(make_advertiser(worker));
  CHECK(refusal().status() == 201);
}

TEST_CASE("moderation looks at the new texts of an edit, a refusal changes nothing",
          "[advert][campaigns]") {
  Worker worker;
  worker.set_day(0);
  const Unmoderated after{worker};
  const std::string advertiser = make_advertiser(worker);
  v1::CreateCampaign body = campaign_of(advertiser, "Bern");
  body.set_ad_title("bad from the start");
  const std::string id = create(worker, body);
  moderate(worker, {"bad"});
  v1::UpdateCampaign edit = edit_of(advertiser, id);
  edit.set_cost_per_click(9);
  CHECK(update(worker, edit).status() == 200);  // the title stays, and was accepted
  edit.set_ad_text("a b\u0430d text");
  edit.set_cost_per_click(10);
  const Done refused = update(worker, edit);
  CHECK(refused.status() == 400);
  CHECK(refused.detail().find("text") != std::string::npos);
  CHECK(worker.get_json(path_of(advertiser, id)).at("cost_per_click") == 9);
}

TEST_CASE("pages of campaigns begin at 0, and a negative one is everything",
          "[advert][campaigns]") {
  Worker worker;
  worker.set_day(0);
  const std::string advertiser = make_advertiser(worker);
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(create(worker, campaign_of(advertiser, "Bern")));
  const auto page = [&](const std::string& number, const std::string& size) {
    const auto response = worker.get(path_of(advertiser), {{"page", number}, {"size", size}});
    CHECK(response.headers.get("X-Total-Count") == "5");
    std::vector<std::string> ids;
    const json::value list = json::parse(response.body);
    for (const json::value& campaign : list.as_array()) {
      ids.emplace_back(campaign.at("campaign_id").as_string());
    }
    return ids;
  };
  CHECK(page("0", "2") == std::vector{made[0], made[1]});
  CHECK(page("2", "2") == std::vector{made[4]});
  CHECK(page("3", "2").empty());
  CHECK(page("0", "0").empty());
  CHECK(page("-1", "2") == made);
  CHECK(page("1", "-7") == made);
  CHECK(worker.get_json(path_of(advertiser)).as_array().size() == 5);
  CHECK(worker.get(path_of(new_id().to_string())).body == "[]");
}

TEST_CASE("an edit is a 404 under another advertiser, and of nothing", "[advert][campaigns]") {
  Worker worker;
  worker.set_day(0);
  const std::string advertiser = make_advertiser(worker);
  const std::string id = create(worker, campaign_of(advertiser, "Bern"));
  CHECK(update(worker, edit_of(make_advertiser(worker), id)).status() == 404);
  CHECK(update(worker, edit_of(advertiser, new_id().to_string())).status() == 404);
  CHECK(worker.get(path_of(make_advertiser(worker), id)).status == 404);
}

TEST_CASE("a batch of edits sees what those before did", "[advert][campaigns]") {
  Worker worker;
  worker.set_day(0);
  const std::string advertiser = make_advertiser(worker);
  const std::string id = create(worker, campaign_of(advertiser, "Bern"));
  v1::UpdateCampaign title = edit_of(advertiser, id);
  title.set_ad_title("New");
  v1::UpdateCampaign text = edit_of(advertiser, id);
  text.set_ad_text("Newer");
  const Done done = worker.run(commands::UpdateCampaigns{worker.desk},
                               std::vector{command(title), command(text)});
  CHECK(done.body(1).at("ad_title") == "New");
  CHECK(done.body(1).at("ad_text") == "Newer");
  CHECK(worker.get_json(path_of(advertiser, id)) == done.body(1));
}

TEST_CASE("a deleted campaign is a 404 everywhere", "[advert][campaigns]") {
  Worker worker;
  worker.set_day(0);
  const std::string place = new_place();
  const std::string client = make_client(worker, place);
  const std::string advertiser = make_advertiser(worker);
  const std::string id = create(worker, campaign_of(advertiser, place));
  REQUIRE(worker.choose(client).status() == 200);
  v1::DeleteCampaign body;
  body.set_advertiser_id(advertiser);
  body.set_campaign_id(id);
  const Done done = worker.run_one(commands::DeleteCampaigns{worker.desk}, body);
  CHECK(done.status() == 204);
  CHECK(done.told("CampaignDeleted") == 1);
  CHECK(worker.run_one(commands::DeleteCampaigns{worker.desk}, body).status() == 404);
  CHECK(worker.get(path_of(advertiser, id)).status == 404);
  CHECK(worker.get("/v1/stats/campaigns/" + id).status == 404);
  CHECK(worker.get("/v1/stats/campaigns/" + id + "/daily").status == 404);
  CHECK(update(worker, edit_of(advertiser, id)).status() == 404);
  CHECK(worker.click(id, client).status() == 404);
  CHECK(worker.choose(make_client(worker, place)).status() == 404);
  const json::value sums = worker.get_json("/v1/stats/advertisers/" + advertiser + "/campaigns");
  CHECK(sums.at("impressions_count") == 0);
}

TEST_CASE("where access is by ownership, a foreign advertiser is an unknown one",
          "[advert][campaigns]") {
  Worker worker{true};
  worker.set_day(0);
  const Caller anna{new_id(), Role::customer};
  const Caller ben{new_id(), Role::customer};
  v1::CreateOwnAdvertiser own;
  own.set_user_id(anna.user->to_string());
  own.set_name("Anna's");
  const auto made = worker.run(commands::create_own_advertisers, std::vector{command(own, anna)});
  const std::string advertiser = made.text("advertiser_id");
  const v1::CreateCampaign body = campaign_of(advertiser, "Bern");
  const commands::CreateCampaigns create_campaigns{worker.desk};
  CHECK(worker.run(create_campaigns, std::vector{command(body, ben)}).status() == 404);
  const Done created = worker.run(create_campaigns, std::vector{command(body, anna)});
  REQUIRE(created.status() == 201);
  const std::string id = created.text("campaign_id");
  for (const std::string& path : {path_of(advertiser, id), "/v1/stats/campaigns/" + id,
                                  "/v1/stats/advertisers/" + advertiser + "/campaigns"}) {
    INFO(path);
    CHECK(worker.get(path, {}, anna).status == 200);
    CHECK(worker.get(path).status == 200);  // staff
    CHECK(worker.get(path, {}, ben).status == 404);
  }
  CHECK(worker.get(path_of(advertiser), {}, ben).body == "[]");
  const v1::UpdateCampaign edit = edit_of(advertiser, id);
  const commands::UpdateCampaigns edit_campaigns{worker.desk};
  CHECK(worker.run(edit_campaigns, std::vector{command(edit, ben)}).status() == 404);
  CHECK(worker.run(edit_campaigns, std::vector{command(edit, anna)}).status() == 200);
}
