// Dry runs: what would become of a command, without a trace.
#include <catch2/catch.hpp>

#include "libs/messaging/retry_ladder.hpp"
#include "tests/integration/outbox/house.hpp"

using namespace waybill;
using namespace waybill::testing;

namespace {

const Id kEvil = *Id::parse("00000000-0000-0000-0000-0000000000ff");  // `work` does not take it

messaging::Message rehearsed(messaging::Message command) {
  command.headers[std::string{messaging::kDryRunHeader}] = "1";
  return command;
}

// Nothing of ours in any table, queue or topic.
void check_no_trace(House& house) {
  CHECK(house.count("SELECT count(*) FROM inbox") == 0);
  CHECK(house.count("SELECT count(*) FROM work") == 0);
  CHECK(house.count("SELECT count(*) FROM outbox") == 0);
  CHECK(house.count("SELECT count(*) FROM outbox_sent") == 0);
  CHECK(house.rabbit->ready("shop") == 0u);
  CHECK(house.rabbit->ready("shop.dead") == 0u);
  CHECK(house.rabbit->ready("shop.retry.1") == 0u);
  CHECK(house.kafka->partitions(house.topic).at(0).end == 0);
}

}  // namespace

TEST_CASE("a dry run says what would be, and leaves nothing behind", "[outbox][rehearsal]") {
  House house;
  house.place_orders();
  house.start();
  const auto command = house.message(PlaceOrder{});
  house.send(rehearsed(command));
  const auto reply = house.replies(1).at(0);
  CHECK(reply.headers.at("would") == "succeeded");
  CHECK(reply.message_id == command.message_id);
  common::v1::Outcome outcome;
  REQUIRE(outcome.ParseFromString(reply.body));
  CHECK(outcome.status() == 201);
  CHECK(house.cached("order:" + command.message_id) == 0);
  check_no_trace(house);

  house.send(command);  // and in earnest it is as new
  CHECK(house.outcomes(1).at(0).status() == 201);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}

TEST_CASE("a dry run that fails goes to no queue", "[outbox][rehearsal]") {
  House house;
  house.place_orders();
  house.start();

  SECTION("a command that breaks its handler") {
    house.send(rehearsed(house.message(PlaceOrder{}, kEvil)));
    const auto reply = house.replies(1).at(0);
    CHECK(reply.headers.at("would") == "dead");
    CHECK(reply.headers.at("reason").find("work_not_evil") != std::string::npos);
  }
  SECTION("an unknown type") {
    auto command = house.message(PlaceOrder{});
    command.type = "waybill.order.v1.Nothing";
    house.send(rehearsed(command));
    CHECK(house.replies(1).at(0).headers.at("would") == "dead");
  }
  SECTION("a broken body") {
    auto command = house.message(PlaceOrder{});
    command.body = "\x0a\xff";
    house.send(rehearsed(command));
    CHECK(house.replies(1).at(0).headers.at("would") == "dead");
  }
  check_no_trace(house);
}

TEST_CASE("a dry run of a command that would be tried later says so", "[outbox][rehearsal]") {
  House house;
  house.handlers.on<PlaceOrder>(
      [](pg::Tx&, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        return std::vector<Outcome>(batch.size(), Outcome::retry("not yet"));
      });
  house.start();
  house.send(rehearsed(house.message(PlaceOrder{})));
  const auto reply = house.replies(1).at(0);
  CHECK(reply.headers.at("would") == "retry");
  CHECK(reply.headers.at("reason") == "not yet");
  check_no_trace(house);
}

TEST_CASE("a dead command stays dead through a dry run, and can be done afterwards",
          "[outbox][rehearsal]") {
  House house;
  std::atomic<bool> broken{true};
  house.handlers.on<PlaceOrder>(
      [&](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        if (broken) throw std::runtime_error{"broken"};
        for (const auto& command : batch) note(tx, command.id());
        return std::vector<Outcome>(batch.size(), Outcome::ok("{}"));
      });
  house.start();
  const auto command = house.message(PlaceOrder{});
  house.send(command);
  REQUIRE(house.outcomes(1).at(0).status() == 500);

  broken = false;
  house.send(rehearsed(command));
  CHECK(house.replies(1).at(0).headers.at("would") == "succeeded");
  CHECK(house.count("SELECT count(*) FROM inbox WHERE dead") == 1);
  CHECK(house.count("SELECT count(*) FROM work") == 0);

  house.send(command);
  CHECK(house.outcomes(1).at(0).status() == 200);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}

TEST_CASE("a dry run of a command that was done says that it is a duplicate",
          "[outbox][rehearsal]") {
  House house;
  house.place_orders();
  house.start();
  const auto command = house.message(PlaceOrder{});
  house.send(command);
  REQUIRE(house.outcomes(1).at(0).status() == 201);
  house.send(rehearsed(command));
  CHECK(house.replies(1).at(0).headers.at("would") == "duplicate");
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}
