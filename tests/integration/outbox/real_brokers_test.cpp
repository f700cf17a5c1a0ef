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

// PUT or DELETE of RabbitMQ's management API.
void ask_management(const char* method, const std::string& path, const std::string& body) {
  const std::string command = fmt::format(
      "curl -fsS -m 10 -o /dev/null -X {} -H 'Content-Type: application/json' -d '{}' '{}/api/{}'",
      method, body, environment("WAYBILL_RABBIT_MANAGEMENT_URL"), path);
  REQUIRE(std::system(command.c_str()) == 0);
}

// A command queue that takes no more: whoever publishes to it gets a nack.
class FullQueue {
 public:
  explicit FullQueue(House& house) : house_{house} {
    house_.rabbit->declare(options());
    ask_management("PUT", "policies/%2F/" + name,
                   R"({"pattern": "^)" + name +
                       R"($", "definition": {"max-length": 1}, "apply-to": "queues"})");
    REQUIRE(eventually(kPatience, [this] { return !takes_one(); }));
  }
  ~FullQueue() { house_.rabbit->remove(options()); }

  // From now on it takes all.
  void relax() { ask_management("DELETE", "policies/%2F/" + name, ""); }

  const std::string name = "test-stock-" + new_id().to_string();

 private:
  messaging::QueueOptions options() const {
    messaging::QueueOptions options;
    options.name = name;
    return options;
  }

  bool takes_one() {
    std::vector<messaging::OutgoingMessage> filler;
    filler.push_back({.to = {std::string{messaging::kCommandExchange}, name},
                      .message = house_.message(CancelOrder{})});
    return house_.publisher().publish_all(std::move(filler)).front() ==
           messaging::Publish::confirmed;
  }

  House& house_;
};

}  // namespace

TEST_CASE("a saga command that its queue refuses is told again until the queue takes it",
          "[outbox][brokers]") {
  House house{{.real_brokers = true}};
  FullQueue stock{house};
  house.handlers.on<PlaceOrder>(
      [&](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer& out) {
        for (const auto& command : batch) {
          note(tx, command.id());
          out.command(stock.name, new_id(), CancelOrder{}, command.cause);
        }
        return std::vector<Outcome>(batch.size(), Outcome::deferred());
      });
  house.start();
  house.send(house.message(PlaceOrder{}));
  REQUIRE(eventually(kPatience, [&] { return house.count("SELECT count(*) FROM work") == 1; }));
  CHECK_FALSE(eventually(std::chrono::seconds{1},
                         [&] { return house.count("SELECT count(*) FROM outbox") == 0; }));
  const auto before = house.rabbit->ready(stock.name).value();
  stock.relax();
  CHECK(eventually(kPatience, [&] { return house.rabbit->ready(stock.name) == before + 1; }));
}

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
