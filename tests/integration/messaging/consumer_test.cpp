// A consumer whose link breaks.
#include <set>

#include "tests/integration/messaging/gated_rabbit.hpp"

namespace waybill::messaging {

TEST_CASE("a consumer whose link is cut again and again gets every message", "[rabbit][consume]") {
  GatedRabbit rabbit;
  constexpr int count = 2000;
  rabbit.publish_numbers(count);
  const auto consumer = rabbit.gated->make_consumer(rabbit.queue);

  std::set<std::string> seen;
  int cuts = 0;
  REQUIRE(testing::eventually(2 * kLong, [&] {
    const auto batch = consumer->take(50, milliseconds{200});
    consumer->ack(tags_of(batch));
    for (const auto& delivery : batch) seen.insert(delivery.message.body);
    if (seen.size() > static_cast<std::size_t>(400 * (cuts + 1))) {
      rabbit.gate.cut();
      ++cuts;
    }
    return seen.size() == count;
  }));
  CHECK(cuts >= 3);

  // What was acknowledged into a broken link came again and was acknowledged again.
  CHECK(testing::eventually(kLong, [&] {
    consumer->ack(tags_of(consumer->take(100, milliseconds{50})));
    return rabbit.direct->ready(rabbit.queue.name) == std::size_t{0};
  }));
}

TEST_CASE("tags of an earlier connection acknowledge nothing", "[rabbit][consume]") {
  GatedRabbit rabbit;
  rabbit.publish_numbers(20);
  const auto consumer = rabbit.gated->make_consumer(rabbit.queue);
  std::vector<std::uint64_t> old_tags;
  REQUIRE(testing::eventually(kLong, [&] {
    for (const auto tag : tags_of(consumer->take(20, milliseconds{100}))) old_tags.push_back(tag);
    return old_tags.size() == 20;
  }));

  rabbit.gate.cut();
  std::vector<Delivery> again;
  REQUIRE(testing::eventually(kLong, [&] {
    for (auto& delivery : consumer->take(20, milliseconds{100})) again.push_back(delivery);
    return again.size() == 20;
  }));
  CHECK(again.front().redelivered);
  consumer->ack(old_tags);
  consumer->requeue(old_tags);

  rabbit.gate.cut();
  CHECK(take_bodies(*consumer, 20).size() == 20);
}

TEST_CASE("a queue for one consumer at a time keeps its order when he goes", "[rabbit][consume]") {
  GatedRabbit rabbit;
  QueueOptions options;
  options.name = rabbit.queue.name + ".single";
  options.command_queue = false;
  options.single_active = true;
  options.prefetch = 100;
  auto first = rabbit.direct->make_consumer(options);
  REQUIRE(testing::eventually(kLong, [&] { return first->is_connected(); }));
  const auto publisher = rabbit.direct->make_publisher("test.single");
  std::vector<OutgoingMessage> messages;
  for (int i = 0; i < 300; ++i) {
    messages.push_back(rabbit.command(std::to_string(i)));
    messages.back().to = {"", options.name};
  }
  publisher->publish_all(messages);
  const auto second = rabbit.direct->make_consumer(options);

  int next = 0;
  const auto take = [&](Consumer& consumer, int until) {
    return testing::eventually(kLong, [&] {
      for (const auto& delivery : consumer.take(10, milliseconds{100})) {
        CHECK(delivery.message.body == std::to_string(next));
        ++next;
        if (next <= until) consumer.ack(std::array{delivery.tag});
      }
      return next >= until;
    });
  };
  REQUIRE(take(*first, 50));
  CHECK(second->take(1, milliseconds{200}).empty());
  next = 50;
  // What he had taken and not acknowledged comes first, in its order.
  first.reset();
  REQUIRE(take(*second, 300));
  rabbit.direct->remove(options);
}

TEST_CASE("a reply queue keeps its name over a broken link", "[rabbit][consume]") {
  GatedRabbit rabbit;
  QueueOptions options;
  options.exclusive = true;
  const auto replies = rabbit.gated->make_consumer(options);
  REQUIRE(testing::eventually(kLong, [&] { return replies->is_connected(); }));
  const auto name = replies->queue();
  rabbit.gate.cut();
  REQUIRE(testing::eventually(kLong, [&] { return !replies->is_connected(); }));
  REQUIRE(testing::eventually(kLong, [&] { return replies->is_connected(); }));
  CHECK(replies->queue() == name);

  const auto publisher = rabbit.direct->make_publisher("test.replies");
  auto reply = rabbit.command("reply");
  reply.to = {"", name};
  CHECK(publisher->publish_all({reply}).front() == Publish::confirmed);
  CHECK(take_bodies(*replies, 1) == std::multiset<std::string>{"reply"});
}

TEST_CASE("a queue that is deleted under its consumer is declared and consumed again",
          "[rabbit][consume]") {
  GatedRabbit rabbit;
  const auto consumer = rabbit.gated->make_consumer(rabbit.queue);
  rabbit.publish_numbers(1);
  REQUIRE(take_bodies(*consumer, 1).size() == 1);

  rabbit.direct->remove(rabbit.queue);
  REQUIRE(testing::eventually(
      kLong, [&] { return rabbit.direct->ready(dead_queue(rabbit.queue.name)).has_value(); }));
  const auto publisher = rabbit.direct->make_publisher("test.deleted");
  REQUIRE(testing::eventually(kLong, [&] {
    return publisher->publish_all({rabbit.command("new")}).front() == Publish::confirmed;
  }));
  CHECK(take_bodies(*consumer, 1).contains("new"));
}

TEST_CASE("a consumer that was paused stays paused over a broken link", "[rabbit][consume]") {
  GatedRabbit rabbit;
  const auto consumer = rabbit.gated->make_consumer(rabbit.queue);
  REQUIRE(testing::eventually(kLong, [&] { return consumer->is_connected(); }));
  consumer->pause();
  rabbit.gate.cut();
  REQUIRE(testing::eventually(kLong, [&] { return !consumer->is_connected(); }));
  REQUIRE(testing::eventually(kLong, [&] { return consumer->is_connected(); }));

  rabbit.publish_numbers(3);
  CHECK(consumer->take(3, milliseconds{300}).empty());
  consumer->resume();
  CHECK(take_bodies(*consumer, 3).size() == 3);
}

TEST_CASE("questions to a broker that is away throw", "[rabbit]") {
  GatedRabbit rabbit;
  rabbit.gate.close();
  CHECK_THROWS_AS(rabbit.gated->declare(rabbit.queue), std::runtime_error);
  CHECK_THROWS_AS(rabbit.gated->ready(rabbit.queue.name), std::runtime_error);
}

}  // namespace waybill::messaging
