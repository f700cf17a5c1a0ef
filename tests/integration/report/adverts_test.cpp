// What waybill.adverts tells as the dashboards see it: each query of each panel, on rows that came
// by the projection.
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/integration/report/desk.hpp"
#include "waybill/advert/v1/events.pb.h"

using namespace waybill;
using namespace waybill::report;
using namespace waybill::report::test;
namespace ads = waybill::advert::v1;

namespace {

messaging::Event event_of(const std::string& key, const google::protobuf::Message& message,
                          std::int64_t version) {
  messaging::Event event;
  event.topic = "waybill.adverts";
  event.key = key;
  event.value = message.SerializeAsString();
  event.headers = {{"ce_type", message.GetDescriptor()->full_name()}};
  if (version > 0) event.headers["ce_version"] = std::to_string(version);
  return event;
}

// An advertiser with one campaign, told step by step.
struct Books {
  Desk desk;
  const std::string advertiser = new_id().to_string();
  const std::string campaign = new_id().to_string();

  Books() {
    ads::AdvertiserChanged named;
    named.mutable_advertiser()->set_advertiser_id(advertiser);
    named.mutable_advertiser()->set_name("Lanterns Ltd.");
    named.set_version(1);
    ads::CampaignChanged created;
    created.mutable_campaign()->set_campaign_id(campaign);
    created.mutable_campaign()->set_advertiser_id(advertiser);
    created.mutable_campaign()->set_ad_title("Lanterns");
    created.set_version(1);
    tell({event_of(advertiser, named, 1), event_of(campaign, created, 1)});
  }

  void tell(const std::vector<messaging::Event>& events) {
    pg::Tx tx{desk.connection()};
    projections::adverts().apply(tx, events);
    tx.commit();
  }
  messaging::Event shown(const std::string& client, std::int32_t day, double price) const {
    ads::ImpressionRecorded message;
    message.set_campaign_id(campaign);
    message.set_client_id(client);
    message.set_day(day);
    message.set_price(price);
    return event_of(campaign, message, 0);
  }
  messaging::Event clicked(const std::string& client, std::int32_t day, double price) const {
    ads::ClickRecorded message;
    message.set_campaign_id(campaign);
    message.set_client_id(client);
    message.set_day(day);
    message.set_price(price);
    return event_of(campaign, message, 0);
  }
  void forget_campaign() {
    ads::CampaignDeleted gone;
    gone.set_campaign_id(campaign);
    gone.set_advertiser_id(advertiser);
    gone.set_version(2);
    tell({event_of(campaign, gone, 2)});
  }
};

json::value dashboard(const std::string& name) {
  std::ifstream in{"deploy/grafana/dashboards/" + name + ".json"};
  std::ostringstream text;
  text << in.rdbuf();
  return json::parse(text.str());
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what)) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// All rows of a panel, columns divided by a space.
std::vector<std::string> rows_of(Books& books, const std::string& sql) {
  static std::deque<std::string> kept;  // statements are known by name and text
  const std::string& query = kept.emplace_back(
      replaced(replaced(sql, "${advertiser}", books.advertiser), "${campaign}", books.campaign));
  const std::string& name = kept.emplace_back(fmt::format("panel_{}", kept.size()));
  std::vector<std::string> rows;
  pg::Session session{books.desk.connection()};
  for (const pg::Row row : session.exec(pg::Statement{name.c_str(), query.c_str()})) {
    std::string line{row.text(0)};
    if (sql.find("\"Day\"") != std::string::npos || sql.find("\"Clicks\"") != std::string::npos) {
      line += ' ' + std::string{row.text(1)};
    }
    rows.push_back(std::move(line));
  }
  return rows;
}

std::map<std::string, std::vector<std::string>> panels_of(Books& books, const std::string& name) {
  std::map<std::string, std::vector<std::string>> panels;
  const json::value board = dashboard(name);
  for (const json::value& panel : board.at("panels").as_array()) {
    const std::string sql{panel.at("targets").at(0).at("rawSql").as_string()};
    panels[std::string{panel.at("title").as_string()}] = rows_of(books, sql);
  }
  return panels;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("each panel of both dashboards shows what was told", "[report][adverts]") {
  Books books;
  const std::string ada = new_id().to_string();
  const std::string ben = new_id().to_string();
  books.tell({books.shown(ada, 1, 0.5), books.shown(ben, 3, 0.25), books.clicked(ada, 3, 2)});
  for (const std::string name : {"advertiser-stats", "campaign-stats"}) {
    auto panels = panels_of(books, name);
    CHECK(panels.size() == 7);
    CHECK(panels["Conversion"] == Rows{"50"});
    CHECK(panels["Views & Clicks"] == Rows{"2 1"});
    CHECK(panels["Total expense"] == Rows{"2.75"});
    CHECK(panels["Daily Views"] == Rows{"0 0", "1 1", "2 0", "3 1"});
    CHECK(panels["Daily Clicks"] == Rows{"0 0", "1 0", "2 0", "3 1"});
    CHECK(panels["Daily Conversion"] == Rows{"0 0", "1 0", "2 0", "3 100"});
    CHECK(panels["Daily Expenses"] == Rows{"0 0", "1 0.5", "2 0", "3 2.25"});
  }
}

TEST_CASE("daily panels begin at the first day, negative ones too, and show the last 50",
          "[report][adverts]") {
  Books books;
  books.tell({books.shown(new_id().to_string(), -2, 1), books.shown(new_id().to_string(), 0, 1)});
  CHECK(panels_of(books, "campaign-stats")["Daily Views"] == Rows{"-2 1", "-1 0", "0 1"});
  books.tell({books.shown(new_id().to_string(), 2147483647, 1)});
  const Rows last = panels_of(books, "campaign-stats")["Daily Views"];
  CHECK(last.size() == 50);
  CHECK(last.back() == "2147483647 1");
}

TEST_CASE("an event that comes twice counts once", "[report][adverts]") {
  Books books;
  const messaging::Event shown = books.shown(new_id().to_string(), 0, 1);
  books.tell({shown, shown});
  books.tell({shown});
  CHECK(panels_of(books, "campaign-stats")["Views & Clicks"] == Rows{"1 0"});
}

TEST_CASE("the variables offer who has events, by name", "[report][adverts]") {
  Books books;
  const auto offered = [&books](const std::string& name) {
    const json::value board = dashboard(name);
    return rows_of(books,
                   std::string{board.at("templating").at("list").at(0).at("query").as_string()});
  };
  CHECK(offered("campaign-stats").empty());
  books.tell({books.shown(new_id().to_string(), 0, 1)});
  CHECK(offered("campaign-stats") == Rows{"Lanterns"});
  CHECK(offered("advertiser-stats") == Rows{"Lanterns Ltd."});
  books.forget_campaign();
  CHECK(offered("advertiser-stats").empty());
}
