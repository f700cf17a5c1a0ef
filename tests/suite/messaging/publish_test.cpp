// What a publisher promises.
#include "tests/suite/messaging/rabbit_fixture.hpp"

namespace waybill::messaging {

TEMPLATE_TEST_CASE("a confirmed message arrives with all that was said in it",
                   "[contract][rabbit][publish]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  auto outgoing = commands.command("body");
  auto& sent = outgoing.message;
  sent.type = "waybill.order.v1.PlaceOrder";
  sent.message_id = std::string(255, 'm');
  sent.correlation_id = "correlation";
  sent.reply_to = "somewhere";
  sent.content_type = std::string{kJson};
  sent.headers = {
      {"traceparent", "00-ab-cd-01"}, {"empty", ""}, {"long", std::string(10'000, 'x')}};
  sent.sent_at = from_unix_micros(1'700'000'000'123'456);

  REQUIRE(commands.publisher->publish_all({outgoing}).front() == Publish::confirmed);
  const auto consumer = commands.broker->make_consumer(commands.queue);
  const auto taken = take(*consumer, 1);

  REQUIRE(taken.size() == 1);
  const auto& got = taken.front().message;
  CHECK(got.type == sent.type);
  CHECK(got.message_id == sent.message_id);
  CHECK(got.correlation_id == sent.correlation_id);
  CHECK(got.reply_to == sent.reply_to);
  CHECK(got.content_type == sent.content_type);
  CHECK(got.headers == sent.headers);
  CHECK(got.sent_at == from_unix_micros(1'700'000'000'000'000));  // AMQP keeps whole seconds
  CHECK(got.body == sent.body);
  CHECK_FALSE(taken.front().redelivered);
  CHECK(taken.front().delivery_count == 0);
}

TEMPLATE_TEST_CASE("a body may be empty or a megabyte of any bytes", "[contract][rabbit][publish]",
                   InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  std::string large(1'048'576, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31 % 256);

  const auto outcomes =
      commands.publisher->publish_all({commands.command(""), commands.command(large)});
  CHECK(outcomes == std::vector{Publish::confirmed, Publish::confirmed});

  const auto consumer = commands.broker->make_consumer(commands.queue);
  const auto taken = take(*consumer, 2);
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].message.body.empty());
  CHECK(taken[1].message.body == large);
}

TEMPLATE_TEST_CASE("a message to nobody is unroutable, its neighbours are confirmed",
                   "[contract][rabbit][publish]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  auto to_nobody = commands.command("lost");
  to_nobody.to = {"", unique_name()};
  auto unbound = commands.command("unbound");
  unbound.to.routing_key = unique_name();

  const auto outcomes = commands.publisher->publish_all(
      {commands.command("a"), to_nobody, commands.command("b"), unbound, commands.command("c")});

  CHECK(outcomes == std::vector{Publish::confirmed, Publish::unroutable, Publish::confirmed,
                                Publish::unroutable, Publish::confirmed});
}

TEMPLATE_TEST_CASE("a message that need not arrive is confirmed without a queue",
                   "[contract][rabbit][publish]", InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  auto notice = commands.command("notice");
  notice.to = {"", unique_name()};
  notice.mandatory = false;

  CHECK(commands.publisher->publish_all({notice}).front() == Publish::confirmed);
}

TEMPLATE_TEST_CASE("a message that AMQP can't carry fails alone", "[contract][rabbit][publish]",
                   InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  auto monstrous = commands.command("x");
  monstrous.message.message_id = std::string(256, 'm');

  const auto outcomes =
      commands.publisher->publish_all({commands.command("a"), monstrous, commands.command("b")});

  CHECK(outcomes == std::vector{Publish::confirmed, Publish::failed, Publish::confirmed});
}

TEMPLATE_TEST_CASE("every publish of many threads is answered once", "[contract][rabbit][publish]",
                   InMemory, Real) {
  const Commands commands{TestType::rabbit()};
  constexpr int threads = 4;
  constexpr int each = 500;
  std::vector<std::atomic<int>> answers(threads * each);
  std::atomic<int> confirmed{0};
  {
    std::vector<std::jthread> publishers;
    for (int thread = 0; thread < threads; ++thread) {
      publishers.emplace_back([&, thread] {
        for (int i = 0; i < each; ++i) {
          const auto done = [&, at = static_cast<std::size_t>(thread * each + i)](Publish outcome) {
            ++answers[at];
            if (outcome == Publish::confirmed) ++confirmed;
          };
          commands.publisher->publish(commands.command("x"), done, kLong);
        }
      });
    }
  }

  REQUIRE(testing::eventually(kLong, [&] { return confirmed == threads * each; }));
  CHECK(std::ranges::all_of(answers, [](const auto& count) { return count == 1; }));
  CHECK(testing::eventually(kLong, [&] {
    return commands.broker->ready(commands.queue.name) == std::size_t{threads * each};
  }));
}

}  // namespace waybill::messaging
