#include <catch2/catch.hpp>

#include "tests/integration/advert/desk.hpp"

using namespace waybill;
using namespace waybill::advert;
using namespace waybill::advert::test;

TEST_CASE("clients are answered as they are stored, in their order", "[advert][people]") {
  Worker worker;
  v1::PutClients body;
  for (int i = 0; i < 3; ++i) *body.add_clients() = client_of("Bern", 20 + i);
  const Done done = worker.run_one(commands::put_clients, body);
  CHECK(done.status() == 201);
  const json::array stored = done.body().as_array();
  REQUIRE(stored.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(stored[i].at("age") == 20 + static_cast<int>(i));
    CHECK(stored[i].as_object().size() == 5);
  }
  CHECK(done.told("ClientChanged") == 3);
}

TEST_CASE("in consecutive calls the last client wins, the same again is no change",
          "[advert][people]") {
  Worker worker;
  v1::PutClients body;
  *body.add_clients() = client_of("Bern");
  worker.run_one(commands::put_clients, body);
  body.mutable_clients(0)->set_location("Chur");
  CHECK(worker.run_one(commands::put_clients, body).told("ClientChanged") == 1);
  CHECK(worker.run_one(commands::put_clients, body).told("ClientChanged") == 0);
  CHECK(worker.get_json("/v1/clients/" + body.clients(0).client_id()).at("location") == "Chur");
}

TEST_CASE("an id twice in one body is a conflict, and nothing is stored", "[advert][people]") {
  Worker worker;
  v1::PutClients body;
  *body.add_clients() = client_of("Bern");
  *body.add_clients() = client_of("Chur");
  *body.add_clients() = body.clients(0);
  const Done done = worker.run_one(commands::put_clients, body);
  CHECK(done.status() == 409);
  CHECK(done.outcome().fault->code == "ALREADY_EXISTS");
  CHECK(done.detail().find("conflicts with existing resource") != std::string::npos);
  CHECK(worker.get("/v1/clients/" + body.clients(1).client_id()).status == 404);

  v1::PutAdvertisers twice;
  twice.add_advertisers()->set_advertiser_id(new_id().to_string());
  *twice.add_advertisers() = twice.advertisers(0);
  CHECK(worker.run_one(commands::put_advertisers, twice).status() == 409);
}

TEST_CASE("no clients are stored as no clients", "[advert][people]") {
  Worker worker;
  const Done done = worker.run_one(commands::put_clients, v1::PutClients{});
  CHECK(done.status() == 201);
  CHECK(done.outcome().body == "[]");
}

TEST_CASE("in one batch the later of two bodies wins", "[advert][people]") {
  Worker worker;
  v1::PutClients first, second;
  *first.add_clients() = client_of("Bern");
  *second.add_clients() = first.clients(0);
  second.mutable_clients(0)->set_location("Chur");
  worker.run(commands::put_clients, std::vector{command(first), command(second)});
  CHECK(worker.get_json("/v1/clients/" + first.clients(0).client_id()).at("location") == "Chur");
}

TEST_CASE("a score is of a known client with a known advertiser", "[advert][people]") {
  Worker worker;
  const std::string client = make_client(worker, "Bern");
  const std::string advertiser = make_advertiser(worker);
  v1::SetScore body;
  body.set_client_id(client);
  body.set_advertiser_id(advertiser);
  body.set_score(2147483647);
  const Done done = worker.run_one(commands::set_scores, body);
  CHECK(done.outcome().body == R"({"status":"ok","score":2147483647})");
  CHECK(done.told("ScoreChanged") == 1);
  CHECK(worker.run_one(commands::set_scores, body).told("ScoreChanged") == 0);
  body.set_score(0);
  CHECK(worker.run_one(commands::set_scores, body).told("ScoreChanged") == 1);
  body.set_client_id(new_id().to_string());
  CHECK(worker.run_one(commands::set_scores, body).status() == 404);
  body.set_client_id(client);
  body.set_advertiser_id(new_id().to_string());
  CHECK(worker.run_one(commands::set_scores, body).status() == 404);
}

TEST_CASE("an account's advertisers are its own, and listed page by page", "[advert][people]") {
  Worker worker;
  const std::string user = new_id().to_string();
  const Caller caller{Id::parse(user), Role::customer};
  std::vector<std::string> made;
  for (int i = 0; i < 3; ++i) {
    v1::CreateOwnAdvertiser body;
    body.set_user_id(user);
    body.set_name("Mine");
    const auto create = command(body, caller);
    const Done done = worker.run(commands::create_own_advertisers, std::vector{create});
    CHECK(done.status() == 201);
    CHECK(done.outcome().location == "/v1/advertisers/" + create.id().to_string());
    CHECK(done.told("AdvertiserChanged") == 1);
    made.push_back(done.text("advertiser_id"));
    const Done again = worker.run(commands::create_own_advertisers, std::vector{create});
    CHECK(again.outcome().body == done.outcome().body);
    CHECK(again.told("AdvertiserChanged") == 0);
  }
  const std::string path = "/v1/users/" + user + "/advertisers";
  const json::value first = worker.get_json(path, {{"limit", "2"}, {"with_total", "true"}});
  CHECK(first.at("items").as_array().size() == 2);
  CHECK(first.at("total") == 3);
  const std::string next{first.at("next").as_string()};
  const json::value second = worker.get_json(path, {{"limit", "2"}, {"cursor", next}});
  REQUIRE(second.at("items").as_array().size() == 1);
  CHECK(second.at("items").at(0).at("advertiser_id") == json::value(made.back()));
  CHECK(second.at("next").is_null());
}

TEST_CASE("staff bind and free an advertiser, to accounts that are there", "[advert][people]") {
  Worker worker;
  const std::string advertiser = make_advertiser(worker);
  const Id user = new_id();
  v1::BindOwner body;
  body.set_advertiser_id(advertiser);
  body.set_user_id(user.to_string());
  CHECK(worker.run_one(commands::bind_owners, body).status() == 404);  // not heard of yet
  pg::Connection connection{database().options()};
  pg::Tx tx{connection};
  const std::vector<store::KnownUser> users{{user, 1, false}};
  store::put_users(tx, users);
  tx.commit();
  const Done bound = worker.run_one(commands::bind_owners, body);
  CHECK(bound.status() == 204);
  CHECK(bound.told("AdvertiserChanged") == 1);
  const std::string path = "/v1/users/" + user.to_string() + "/advertisers";
  CHECK(worker.get_json(path).at("items").as_array().size() == 1);
  v1::FreeOwner freed;
  freed.set_advertiser_id(advertiser);
  CHECK(worker.run_one(commands::free_owners, freed).status() == 204);
  CHECK(worker.run_one(commands::free_owners, freed).told("AdvertiserChanged") == 0);
  CHECK(worker.get_json(path).at("items").as_array().empty());
  body.set_advertiser_id(new_id().to_string());
  CHECK(worker.run_one(commands::bind_owners, body).status() == 404);
}
