// What a consumer promises.
#include "tests/suite/messaging/rabbit_fixture.hpp"

namespace waybill::messaging {

TEMPLATE_TEST_CASE("what a dead consumer had not acknowledged comes again",
                   "[contract][rabbit][consume]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  commands.publish_numbers(10);
  {
    const auto consumer = commands.broker->make_consumer(commands.queue);
    REQUIRE(take(*consumer, 10).size() == 10);
  }

  const auto heir = commands.broker->make_consumer(commands.queue);
  const auto again = take(*heir, 10);
  CHECK(bodies_of(again).size() == 10);
  for (const auto& delivery : again) {
    CHECK(delivery.redelivered);
    CHECK(delivery.delivery_count == 1);
  }
}

TEMPLATE_TEST_CASE("exactly what was acknowledged is gone", "[contract][rabbit][consume]", InMemory,
                   Real) {
  const Commands commands{TestType::rabbit()};
  commands.publish_numbers(30);
  std::set<std::string> kept;
  {
    const auto consumer = commands.broker->make_consumer(commands.queue);
    const auto taken = take(*consumer, 30);
    REQUIRE(taken.size() == 30);
    std::vector<std::uint64_t> settled;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      // A prefix, holes, and each tag twice.
      if (i < 5 || i % 3 == 0) {
        settled.push_back(taken[i].tag);
      } else {
        kept.insert(taken[i].message.body);
      }
    }
    std::ranges::reverse(settled);
    consumer->ack(settled);
    consumer->ack(settled);
  }

  const auto heir = commands.broker->make_consumer(commands.queue);
  CHECK(bodies_of(take(*heir, kept.size())) == kept);
  CHECK(heir->take(1, kBriefly).empty());
}

TEMPLATE_TEST_CASE("several takers get each message once and acknowledge it for good",
                   "[contract][rabbit][consume]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  constexpr int count = 2000;
  commands.publish_numbers(count);
  std::mutex mutex;
  std::multiset<std::string> bodies;
  {
    const auto consumer = commands.broker->make_consumer(commands.queue);
    std::vector<std::jthread> takers;
    for (int i = 0; i < 4; ++i) {
      takers.emplace_back([&] {
        for (;;) {
          const auto batch = consumer->take(37, milliseconds{500});
          if (batch.empty()) return;
          consumer->ack(tags_of(batch));
          std::lock_guard lock{mutex};
          for (const auto& delivery : batch) bodies.insert(delivery.message.body);
        }
      });
    }
  }

  CHECK(bodies.size() == count);
  CHECK(std::set(bodies.begin(), bodies.end()).size() == count);
  CHECK(testing::eventually(
      kLong, [&] { return commands.broker->ready(commands.queue.name) == std::size_t{0}; }));
}

TEMPLATE_TEST_CASE("what is given back can be taken again", "[contract][rabbit][consume]", InMemory,
                   Real) {
  const Commands commands{TestType::rabbit()};
  commands.publish_numbers(3);
  const auto consumer = commands.broker->make_consumer(commands.queue);
  const auto taken = take(*consumer, 3);
  REQUIRE(taken.size() == 3);

  consumer->requeue(tags_of(taken));
  const auto again = take(*consumer, 3);
  CHECK(bodies_of(again) == bodies_of(taken));
  consumer->ack(tags_of(again));
  CHECK(consumer->take(1, kBriefly).empty());
}

TEMPLATE_TEST_CASE("no more than the prefetch is ever unacknowledged",
                   "[contract][rabbit][consume]", InMemory, Real) {
  Commands commands{TestType::rabbit()};
  commands.queue.prefetch = 5;
  commands.publish_numbers(20);
  const auto consumer = commands.broker->make_consumer(commands.queue);

  const auto first = take(*consumer, 5);
  REQUIRE(first.size() == 5);
  CHECK(consumer->take(20, kBriefly).empty());

  const std::vector<std::uint64_t> two{first[0].tag, first[3].tag};
  consumer->ack(two);
  CHECK(take(*consumer, 2).size() == 2);
  CHECK(consumer->take(20, kBriefly).empty());
}

TEMPLATE_TEST_CASE("a paused consumer takes nothing new until it goes on",
                   "[contract][rabbit][consume]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  commands.publish_numbers(1);
  const auto consumer = commands.broker->make_consumer(commands.queue);
  const auto before = take(*consumer, 1);
  REQUIRE(before.size() == 1);

  consumer->pause();
  commands.publish_numbers(2);
  CHECK(consumer->take(2, kBriefly).empty());
  consumer->ack(tags_of(before));

  consumer->resume();
  CHECK(take(*consumer, 2).size() == 2);
  consumer->pause();
  consumer->resume();
  commands.publish_numbers(1);
  CHECK(take(*consumer, 1).size() == 1);
}

TEMPLATE_TEST_CASE("a take that finds nothing ends when its time is over",
                   "[contract][rabbit][consume]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  const auto consumer = commands.broker->make_consumer(commands.queue);
  const auto start = std::chrono::steady_clock::now();

  CHECK(consumer->take(10, milliseconds{100}).empty());
  CHECK(std::chrono::steady_clock::now() - start >= milliseconds{100});
}

TEMPLATE_TEST_CASE("a reply queue gets a name and its replies without acknowledging",
                   "[contract][rabbit][consume]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  QueueOptions options;
  options.exclusive = true;
  options.prefetch = 2;
  auto replies = commands.broker->make_consumer(options);
  REQUIRE_FALSE(replies->queue().empty());
  REQUIRE(testing::eventually(kLong, [&] { return replies->is_connected(); }));

  std::vector<OutgoingMessage> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back(commands.command(std::to_string(i)));
    answers.back().to = {"", replies->queue()};
  }
  const auto outcomes = commands.publisher->publish_all(answers);
  CHECK(std::ranges::count(outcomes, Publish::confirmed) == 50);
  const auto taken = take(*replies, 50);
  REQUIRE(taken.size() == 50);
  CHECK(taken.back().message.body == "49");

  replies.reset();
  CHECK(testing::eventually(kLong, [&] {
    return commands.publisher->publish_all({answers.front()}).front() == Publish::unroutable;
  }));
}

TEMPLATE_TEST_CASE("names that no queue can have are refused at once",
                   "[contract][rabbit][consume]", InMemory, Real) {
  const auto broker = TestType::rabbit();
  for (const auto& name : {std::string{}, std::string{"amq.mine"}, std::string(250, 'q')}) {
    QueueOptions options;
    options.name = name;
    CHECK_THROWS_AS(broker->make_consumer(options), std::invalid_argument);
    CHECK_THROWS_AS(broker->declare(options), std::invalid_argument);
  }
}

TEMPLATE_TEST_CASE("a removed queue is not there any more, and removing it again is no fault",
                   "[contract][rabbit][consume]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  commands.publish_numbers(1);
  CHECK(testing::eventually(
      kLong, [&] { return commands.broker->ready(commands.queue.name) == std::size_t{1}; }));

  commands.broker->remove(commands.queue);
  commands.broker->remove(commands.queue);
  CHECK_FALSE(commands.broker->ready(commands.queue.name));
  CHECK_FALSE(commands.broker->ready(dead_queue(commands.queue.name)));
}

}  // namespace waybill::messaging
