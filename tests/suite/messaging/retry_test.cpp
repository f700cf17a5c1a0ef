// The ladder as the brokers keep it.
#include "tests/suite/messaging/rabbit_fixture.hpp"

namespace waybill::messaging {
namespace {

OutgoingMessage after_one_more_failure(const Commands& commands, Message message) {
  OutgoingMessage outgoing;
  outgoing.to = after_failure(commands.queue.name, attempts_of(message), commands.queue.retries);
  outgoing.message = count_failure(std::move(message));
  return outgoing;
}

}  // namespace

TEMPLATE_TEST_CASE("a message on the ladder comes back after its delay",
                   "[contract][rabbit][retry]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  const auto consumer = commands.broker->make_consumer(commands.queue);
  const auto start = std::chrono::steady_clock::now();
  const auto failed = after_one_more_failure(commands, commands.command("again").message);
  REQUIRE(commands.publisher->publish_all({failed}).front() == Publish::confirmed);

  const auto taken = take(*consumer, 1);
  REQUIRE(taken.size() == 1);
  CHECK(std::chrono::steady_clock::now() - start >= commands.queue.retries[0]);
  CHECK(taken[0].message.body == "again");
  CHECK(taken[0].message.message_id == failed.message.message_id);
  CHECK(attempts_of(taken[0].message) == 1);
}

TEMPLATE_TEST_CASE("a message that has used up its retries lies in the dead queue",
                   "[contract][rabbit][retry]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  auto message = commands.command("hopeless").message;
  message.headers["attempt"] = "1";
  REQUIRE(commands.publisher->publish_all({after_one_more_failure(commands, message)}).front() ==
          Publish::confirmed);

  QueueOptions dead;
  dead.name = dead_queue(commands.queue.name);
  dead.command_queue = false;
  const auto taken = take(*commands.broker->make_consumer(dead), 1);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].message.body == "hopeless");
  CHECK(attempts_of(taken[0].message) == 2);
}

TEMPLATE_TEST_CASE("a message that is given back for ever ends in the dead queue by itself",
                   "[contract][rabbit][retry]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  commands.publish_numbers(1);
  const auto consumer = commands.broker->make_consumer(commands.queue);
  int deliveries = 0;
  for (auto taken = take(*consumer, 1); !taken.empty(); taken = take(*consumer, 1, kBriefly)) {
    consumer->requeue(tags_of(taken));
    ++deliveries;
    REQUIRE(deliveries < 100);
  }

  CHECK(deliveries == 21);
  CHECK(testing::eventually(kLong, [&] {
    return commands.broker->ready(dead_queue(commands.queue.name)) == std::size_t{1};
  }));
}

}  // namespace waybill::messaging
