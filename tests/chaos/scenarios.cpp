#include "tests/chaos/scenarios.hpp"

#include <thread>

#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tests/chaos/scene.hpp"
#include "tests/e2e/support/topic.hpp"

namespace waybill::chaos {
namespace {

using Clock = Traffic::Clock;
using testing::eventually;

constexpr seconds kAway{5};
constexpr seconds kPatience{60};
constexpr double kWanted = 5;  // seconds to the first success

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>{Clock::now() - begin}.count();
}

TrafficOptions load(const Scene& scene, int clients) {
  TrafficOptions options;
  options.gateway = scene.gates.gateway();
  options.clients = clients;
  return options;
}

// Seconds from now to the first order.
double first_order(const Traffic& traffic) {
  const auto begin = Clock::now();
  std::optional<Clock::time_point> first;
  eventually(kPatience, [&] { return (first = traffic.first_order_since(begin)).has_value(); });
  return first ? std::chrono::duration<double>{*first - begin}.count() : kPatience.count();
}

// Seconds from now to the first event: what Kafka brings while orders go on anyway.
double first_event() {
  const auto begin = Clock::now();
  e2e::TopicWatch topic{"waybill.orders"};
  topic.until(kPatience, [&] { return !topic.all().empty(); });
  return seconds_since(begin);
}

constexpr pg::Statement kCountUntold{"count_untold", "SELECT count(*) FROM outbox"};

std::int64_t untold() {
  std::int64_t rows = 0;
  for (const char* variable : {"WAYBILL_DATABASE_ORDER", "WAYBILL_DATABASE_PRODUCT"}) {
    pg::Options options;
    options.url = testing::environment(variable);
    pg::Connection connection{options};
    rows += pg::Session{connection}.exec(kCountUntold)[0].integer(0);
  }
  return rows;
}

}  // namespace

bool measure_recovery(int rounds) {
  Scene scene;
  Traffic traffic{load(scene, 8)};
  bool fast = true;
  for (const std::string server : {"postgres", "rabbitmq", "kafka", "redis"}) {
    for (int round = 0; round < rounds; ++round) {
      std::this_thread::sleep_for(kAway);
      stop_server(server);
      std::this_thread::sleep_for(kAway);
      start_server(server);
      const double took = server == "kafka" ? first_event() : first_order(traffic);
      fast = fast && took <= kWanted;
      say(fmt::format("{} takes connections again: first {} after {:.2f} s", server,
                      server == "kafka" ? "event" : "order", took));
    }
  }
  return scene.judge(traffic) && fast;
}

bool measure_rolling_restarts(int rounds) {
  Scene scene;
  platform("scale gateway=2 identity=2 report=2");
  TrafficOptions options = load(scene, 8);
  options.repeats = false;
  Traffic traffic{options};
  for (int round = 1; round <= rounds; ++round) {
    for (const char* service : {"identity", "product", "order", "report", "gateway"}) {
      platform(std::string{"restart "} + service);
    }
    say(fmt::format("round {}/{}: {} commands, {} failed", round, rounds, traffic.acknowledged(),
                    traffic.book().surprises().size()));
  }
  const bool clean = scene.judge(traffic);
  platform("scale gateway=1 identity=1 report=1");
  return clean;
}

bool measure_kafka_away(const KafkaAway& options) {
  constexpr int kClients = 10;
  Scene scene;
  TrafficOptions steady = load(scene, kClients);
  steady.per_second = options.per_second / kClients;
  Traffic traffic{steady};
  std::this_thread::sleep_for(kAway);
  stop_server("kafka");
  const std::int64_t before = traffic.acknowledged();
  std::this_thread::sleep_for(options.away);
  const std::int64_t during = traffic.acknowledged() - before;
  start_server("kafka");
  const std::int64_t waiting = untold();
  const auto begin = Clock::now();
  say(fmt::format("Kafka was away for {} s: {} commands had their outcome, {} events wait",
                  options.away.count(), during, waiting));
  const bool drained = eventually(std::chrono::minutes{10}, [&] { return untold() < 100; });
  const double took = seconds_since(begin);
  say(fmt::format("the outboxes {} after {:.1f} s: {:.0f} events/s", drained ? "drained" : "stand",
                  took, static_cast<double>(waiting) / took));
  return scene.judge(traffic) && drained;
}

}  // namespace waybill::chaos
