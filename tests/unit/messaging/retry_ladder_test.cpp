#include "libs/messaging/retry_ladder.hpp"

#include <catch2/catch.hpp>

#include "libs/messaging/amqp_limits.hpp"

namespace waybill::messaging {
namespace {

const std::vector<std::chrono::milliseconds> kTwo{std::chrono::seconds{1},
                                                  std::chrono::seconds{10}};

Message failed(const std::string& attempts) {
  Message message;
  if (!attempts.empty()) message.headers["attempt"] = attempts;
  return message;
}

}  // namespace

TEST_CASE("each failure goes a step up, and in the end to the dead queue", "[messaging][retry]") {
  CHECK(after_failure("order", 0, kTwo).routing_key == "order.retry.1");
  CHECK(after_failure("order", 1, kTwo).routing_key == "order.retry.2");
  CHECK(after_failure("order", 2, kTwo).routing_key == "order.dead");
  CHECK(after_failure("order", 99, kTwo).routing_key == "order.dead");
  CHECK(after_failure("order", 0, {}).routing_key == "order.dead");
  CHECK(after_failure("order", 0, kTwo).exchange.empty());
}

TEST_CASE("attempts are counted in a header, and what is no count is none", "[messaging][retry]") {
  CHECK(attempts_of(failed("")) == 0);
  CHECK(attempts_of(failed("3")) == 3);
  CHECK(attempts_of(failed("many")) == 0);
  CHECK(attempts_of(failed("-1")) == 0);
  CHECK(attempts_of(count_failure(failed(""))) == 1);
  CHECK(attempts_of(count_failure(failed("3"))) == 4);
}

TEST_CASE("a command queue comes with its ladder, others come alone", "[messaging][retry]") {
  QueueOptions options;
  options.name = "order";
  options.retries = kTwo;
  CHECK(queues_of(options) ==
        std::vector<std::string>{"order", "order.dead", "order.retry.1", "order.retry.2"});
  options.command_queue = false;
  CHECK(queues_of(options) == std::vector<std::string>{"order"});
}

}  // namespace waybill::messaging
