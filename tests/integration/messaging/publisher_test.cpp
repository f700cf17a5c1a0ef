// A publisher whose link breaks.
#include <set>

#include "libs/testing/calls.hpp"
#include "tests/integration/messaging/gated_rabbit.hpp"

namespace waybill::messaging {

TEST_CASE("a confirmed message is a call that succeeded, one that is given up has failed",
          "[rabbit][publish]") {
  GatedRabbit rabbit;
  auto publisher = rabbit.gated->make_publisher("test.timed");
  const auto confirmed = testing::calls("rabbitmq", "publish", "ok");
  const auto failed = testing::calls("rabbitmq", "publish", "failed");
  std::vector<OutgoingMessage> one{rabbit.command("1")};
  CHECK(publisher->publish_all(std::move(one)) == std::vector{Publish::confirmed});
  CHECK(testing::calls("rabbitmq", "publish", "ok") == confirmed + 1);
  rabbit.gate.close();
  std::atomic<bool> given_up = false;
  publisher->publish(
      rabbit.command("2"), [&](Publish) { given_up = true; }, milliseconds{200});
  REQUIRE(testing::eventually(kLong, [&] { return given_up.load(); }));
  CHECK(testing::calls("rabbitmq", "publish", "failed") == failed + 1);
}

TEST_CASE(
    "a publisher whose link is cut again and again answers each message once and loses none "
    "that it confirmed",
    "[rabbit][publish]") {
  GatedRabbit rabbit;
  auto publisher = rabbit.gated->make_publisher("test.cut");
  constexpr std::size_t count = 3000;
  std::vector<std::atomic<int>> answers(count);
  std::vector<std::atomic<bool>> confirmed(count);
  std::atomic<std::size_t> answered{0};

  std::jthread cutter{[&](const std::stop_token& stop) {
    for (std::size_t seen = 0; !stop.stop_requested();) {
      if (answered < seen + 400) continue;
      seen = answered;
      rabbit.gate.cut();
    }
  }};
  for (std::size_t i = 0; i < count; ++i) {
    const auto done = [&, i](Publish outcome) {
      ++answers[i];
      confirmed[i] = outcome == Publish::confirmed;
      ++answered;
    };
    publisher->publish(rabbit.command(std::to_string(i)), done, kLong);
  }
  REQUIRE(testing::eventually(2 * kLong, [&] { return answered == count; }));
  cutter.request_stop();
  cutter.join();
  publisher.reset();

  std::set<std::string> promised;
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(answers[i] == 1);
    if (confirmed[i]) promised.insert(std::to_string(i));
  }
  CHECK(promised.size() > count / 2);

  // Beside what was promised lie some of those that were answered `failed`, which means unknown.
  const auto consumer = rabbit.direct->make_consumer(rabbit.queue);
  const auto bodies = take_all(*consumer);
  for (const auto& body : promised) CHECK(bodies.contains(body));
}

TEST_CASE("messages wait for a broker that comes back in time", "[rabbit][publish]") {
  GatedRabbit rabbit;
  const auto publisher = rabbit.gated->make_publisher("test.wait");
  REQUIRE(testing::eventually(kLong, [&] { return publisher->is_connected(); }));
  rabbit.gate.close();
  REQUIRE(testing::eventually(kLong, [&] { return !publisher->is_connected(); }));

  std::atomic<int> confirmed{0};
  for (int i = 0; i < 50; ++i) {
    publisher->publish(
        rabbit.command("x"), [&](Publish outcome) { confirmed += outcome == Publish::confirmed; },
        kLong);
  }
  rabbit.gate.open();
  CHECK(testing::eventually(kLong, [&] { return confirmed == 50; }));
}

TEST_CASE("a message whose time is over fails then, broker or not", "[rabbit][publish]") {
  GatedRabbit rabbit;
  const auto publisher = rabbit.gated->make_publisher("test.late");
  rabbit.gate.close();
  const auto start = std::chrono::steady_clock::now();

  CHECK(publisher->publish_all({rabbit.command("late")}, milliseconds{300}).front() ==
        Publish::failed);
  const auto waited = std::chrono::steady_clock::now() - start;
  CHECK(waited >= milliseconds{300});
  CHECK(waited < seconds{2});
}

TEST_CASE("a message whose confirm is late fails in time and is not answered again",
          "[rabbit][publish]") {
  GatedRabbit rabbit;
  const auto publisher = rabbit.gated->make_publisher("test.frozen");
  REQUIRE(testing::eventually(kLong, [&] { return publisher->is_connected(); }));
  rabbit.gate.freeze();

  std::atomic<int> answers{0};
  std::atomic<bool> failed{false};
  publisher->publish(
      rabbit.command("late"),
      [&](Publish outcome) {
        ++answers;
        failed = outcome == Publish::failed;
      },
      milliseconds{300});
  REQUIRE(testing::eventually(seconds{3}, [&] { return answers == 1; }));
  CHECK(failed);

  rabbit.gate.thaw();
  CHECK(publisher->publish_all({rabbit.command("next")}).front() == Publish::confirmed);
  CHECK(answers == 1);
}

TEST_CASE("more than the waiting line holds fails at once", "[rabbit][publish]") {
  RabbitOptions options;
  options.waiting = 10;
  GatedRabbit rabbit{options};
  rabbit.gate.close();
  auto publisher = rabbit.gated->make_publisher("test.full");

  std::atomic<int> failed{0};
  std::atomic<int> answered{0};
  for (int i = 0; i < 25; ++i) {
    publisher->publish(
        rabbit.command("x"),
        [&](Publish outcome) {
          ++answered;
          failed += outcome == Publish::failed;
        },
        kLong);
  }
  CHECK(failed == 15);
  publisher.reset();
  CHECK(answered == 25);
  CHECK(failed == 25);
}

TEST_CASE("a broker that falls silent is left after two heartbeats", "[rabbit][publish]") {
  RabbitOptions options;
  options.heartbeat = seconds{1};
  GatedRabbit rabbit{options};
  const auto publisher = rabbit.gated->make_publisher("test.silent");
  REQUIRE(testing::eventually(kLong, [&] { return publisher->is_connected(); }));

  rabbit.gate.freeze();
  CHECK(testing::eventually(seconds{8}, [&] { return !publisher->is_connected(); }));
  rabbit.gate.thaw();
  CHECK(testing::eventually(kLong, [&] { return publisher->is_connected(); }));
}

TEST_CASE("an idle connection stays up on its heartbeats", "[rabbit][publish]") {
  RabbitOptions options;
  options.heartbeat = seconds{1};
  GatedRabbit rabbit{options};
  const auto publisher = rabbit.gated->make_publisher("test.idle");
  REQUIRE(testing::eventually(kLong, [&] { return publisher->is_connected(); }));

  CHECK_FALSE(testing::eventually(seconds{5}, [&] { return !publisher->is_connected(); }));
  CHECK(rabbit.gate.connections() == 1);
}

TEST_CASE("a destroyed publisher has answered everything", "[rabbit][publish]") {
  const GatedRabbit rabbit;
  std::atomic<int> confirmed{0};
  auto publisher = rabbit.gated->make_publisher("test.end");
  REQUIRE(testing::eventually(kLong, [&] { return publisher->is_connected(); }));
  for (int i = 0; i < 500; ++i) {
    publisher->publish(rabbit.command("x"),
                       [&](Publish outcome) { confirmed += outcome == Publish::confirmed; });
  }
  publisher.reset();
  CHECK(confirmed == 500);
}

}  // namespace waybill::messaging
