#include <catch2/catch.hpp>

#include "tests/integration/outbox/house.hpp"

using namespace waybill;
using namespace waybill::testing;

namespace {

constexpr auto kPatience = std::chrono::seconds{20};

void kill_connections(House& house) {
  house.count(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

}  // namespace

TEST_CASE("over real brokers nothing is lost and nothing done twice while connections die",
          "[outbox][brokers]") {
  House house{{.real_brokers = true}};
  house.place_orders();
  house.start(2);
  constexpr int kRounds = 5;
  constexpr int kEach = 60;
  std::set<std::string> sent;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kEach; ++i) {
      const auto command = house.message(PlaceOrder{});
      sent.insert(command.message_id);
      house.send(command);
    }
    kill_connections(house);
  }
  std::set<std::string> answered;
  std::set<std::string> told;
  eventually(kPatience, [&] {
    for (const auto& outcome : house.outcomes(0)) answered.insert(outcome.command_id());
    for (const auto& event : house.events(0)) told.insert(event.key);
    return answered.size() == sent.size() && told.size() == sent.size();
  });
  CHECK(answered == sent);
  CHECK(told == sent);
  CHECK(house.count("SELECT count(*) FROM work") == kRounds * kEach);
  CHECK(house.count("SELECT count(DISTINCT command_id) FROM work") == kRounds * kEach);
  CHECK(eventually(kPatience, [&] { return house.count("SELECT count(*) FROM outbox") == 0; }));
}

TEST_CASE("the ladder of a real broker brings a command back, and its dead queue keeps it",
          "[outbox][brokers]") {
  House house{{.real_brokers = true}};
  std::atomic<int> not_yet{2};
  house.handlers.on<PlaceOrder>(
      [&](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        std::vector<Outcome> outcomes;
        for (const auto& command : batch) {
          if (not_yet-- > 0) {
            outcomes.push_back(Outcome::retry("not yet"));
          } else {
            note(tx, command.id());
            outcomes.push_back(Outcome::ok("{}"));
          }
        }
        return outcomes;
      });
  house.start();
  house.send(house.message(PlaceOrder{}));
  CHECK(house.outcomes(1).at(0).status() == 200);
  CHECK(house.count("SELECT count(*) FROM work") == 1);

  auto stranger = house.message(PlaceOrder{});
  stranger.type = "waybill.order.v1.Nothing";
  house.send(stranger);
  CHECK(house.outcomes(1).at(0).status() == 500);
  CHECK(house.rabbit->ready(house.queue + ".dead") == 1u);
}
