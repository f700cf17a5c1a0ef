// An advert database and short ways to run commands and queries on it.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/testing/testing.hpp"
#include "services/advert/commands/commands.hpp"
#include "services/advert/queries/queries.hpp"
#include "waybill/advert/v1/events.pb.h"

namespace waybill::advert::test {

namespace json = boost::json;

// One database for all tests of this program: they use ids of their own, and the day that they set.
inline testing::FreshDatabase& database() {
  static testing::FreshDatabase fresh{"advert"};
  return fresh;
}

template <class Message>
outbox::Command<Message> command(Message body, Caller caller = {std::nullopt, Role::staff},
                                 const Id& id = new_id()) {
  outbox::Command<Message> made;
  made.cause.command_id = id;
  made.cause.caller = caller;
  made.cause.instance = "/test";
  made.now = now();
  made.cause.sent_at = made.now;
  made.body = std::move(body);
  return made;
}

struct Done {
  std::vector<outbox::Outcome> outcomes;
  outbox::Writer out;

  const outbox::Outcome& outcome() const { return outcomes.at(0); }
  int status(std::size_t index = 0) const { return outcomes.at(index).status; }
  json::value body(std::size_t index = 0) const { return json::parse(outcomes.at(index).body); }
  std::string text(std::string_view member) const {
    return std::string{body().at(member).as_string()};
  }
  std::string detail(std::size_t index = 0) const {
    return outcomes.at(index).fault ? outcomes.at(index).fault->detail : "";
  }
  // Events of a type.
  int told(const std::string& type) const {
    int count = 0;
    for (const auto& row : out.rows) count += row.type == "waybill.advert.v1." + type;
    return count;
  }
};

// One process with one worker: a connection and an index of its own.
class Worker {
 public:
  explicit Worker(bool enforced = false)
      : desk{std::make_shared<commands::Desk>(rules, enforced)},
        queries_{queries::make_queries({enforced}, rules)} {}

  // Nothing is committed where `commits` is false.
  template <class Handler, class Message>
  Done run(const Handler& handler, std::vector<outbox::Command<Message>> batch,
           bool commits = true) {
    Done done;
    pg::Tx tx{connection_};
    done.outcomes = handler(tx, std::span<const outbox::Command<Message>>{batch}, done.out);
    if (!commits) return done;
    tx.commit();
    told.insert(told.end(), done.out.rows.begin(), done.out.rows.end());
    return done;
  }
  template <class Handler, class Message>
  Done run_one(const Handler& handler, Message body) {
    return run(handler, std::vector{command(std::move(body))});
  }

  Done choose(const std::string& client) {
    v1::ChooseAd body;
    body.set_client_id(client);
    return run_one(commands::ChooseAds{desk}, body);
  }
  Done click(const std::string& ad, const std::string& client) {
    v1::ClickAd body;
    body.set_ad_id(ad);
    body.set_client_id(client);
    return run_one(commands::record_clicks, body);
  }
  void set_day(std::int32_t day) {
    v1::SetDay body;
    body.set_current_date(day);
    run_one(commands::set_days, body);
  }

  // The answer to GET `path`?`parameters`; a fault's status has no body.
  web::Response get(const std::string& path,
                    const std::vector<std::pair<std::string, std::string>>& parameters = {},
                    Caller caller = {std::nullopt, Role::staff}) {
    web::Request request;
    request.method = "GET";
    request.path = request.target = path;
    request.query = parameters;
    const auto match = queries_.routes().match("GET", path);
    pg::Session session{connection_};
    auto result = match.value->handler(session, {request, match.params, caller});
    if (result) return std::move(*result);
    return web::problem_response(result.error(), request);
  }
  json::value get_json(const std::string& path,
                       const std::vector<std::pair<std::string, std::string>>& parameters = {}) {
    return json::parse(get(path, parameters).body);
  }

  std::int64_t ask(const pg::Statement& statement, const pg::Param& param) {
    pg::Session session{connection_};
    return session.exec(statement, param)[0].integer(0);
  }

  commands::RulesInForce rules{commands::ChoiceRules{}};
  const std::shared_ptr<commands::Desk> desk;
  std::vector<outbox::Writer::Row> told;  // by what was committed

 private:
  pg::Connection connection_{database().options()};
  runtime::Queries queries_;
};

// A place that nobody else targets: what a test creates for it is shown to its clients alone.
inline std::string new_place() {
  return "place-" + new_id().to_string();
}

inline v1::Client client_of(const std::string& location, std::int32_t age = 30,
                            const std::string& gender = "FEMALE") {
  v1::Client client;
  client.set_client_id(new_id().to_string());
  client.set_login("ada");
  client.set_age(age);
  client.set_location(location);
  client.set_gender(gender);
  return client;
}

// Ids of new clients of a place.
inline std::vector<std::string> make_clients(Worker& worker, const std::string& location,
                                             int count) {
  v1::PutClients body;
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    *body.add_clients() = client_of(location);
    ids.push_back(body.clients(i).client_id());
  }
  worker.run_one(commands::put_clients, body);
  return ids;
}

inline std::string make_client(Worker& worker, const std::string& location) {
  return make_clients(worker, location, 1).front();
}

inline std::string make_advertiser(Worker& worker) {
  v1::PutAdvertisers body;
  v1::Advertiser& advertiser = *body.add_advertisers();
  advertiser.set_advertiser_id(new_id().to_string());
  advertiser.set_name("Lanterns Ltd.");
  worker.run_one(commands::put_advertisers, body);
  return advertiser.advertiser_id();
}

inline v1::CreateCampaign campaign_of(const std::string& advertiser, const std::string& location,
                                      std::int32_t impressions = 100) {
  v1::CreateCampaign body;
  body.set_advertiser_id(advertiser);
  body.set_ad_title("Lanterns");
  body.set_ad_text("White metal");
  body.set_impressions_limit(impressions);
  body.set_clicks_limit(100);
  body.set_cost_per_impression(0.5);
  body.set_cost_per_click(2);
  body.set_start_date(0);
  body.set_end_date(1000);
  body.mutable_targeting()->set_location(location);
  return body;
}

// The id of a new campaign.
inline std::string create(Worker& worker, const v1::CreateCampaign& body) {
  const Done done = worker.run_one(commands::CreateCampaigns{worker.desk}, body);
  return done.text("campaign_id");
}

inline void set_score(Worker& worker, const std::string& client, const std::string& advertiser,
                      std::int32_t score) {
  v1::SetScore body;
  body.set_client_id(client);
  body.set_advertiser_id(advertiser);
  body.set_score(score);
  worker.run_one(commands::set_scores, body);
}

}  // namespace waybill::advert::test
