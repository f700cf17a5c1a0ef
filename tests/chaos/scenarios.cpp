#include "tests/chaos/scenarios.hpp"

#include <array>
#include <csignal>
#include <thread>

#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tests/chaos/crash/worker.hpp"
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
double first_event(const std::string& name = "waybill.orders") {
  const auto begin = Clock::now();
  e2e::TopicWatch topic{name};
  topic.until(kPatience, [&] { return !topic.all().empty(); });
  return seconds_since(begin);
}

// As far as a clock is moved by hand, or by a machine that slept.
constexpr std::array<seconds, 4> kJumps{seconds{3'600}, seconds{-3'600}, seconds{86'400},
                                        seconds{0}};
constexpr std::int64_t kGoesOn = 100;  // commands

// Lets the clock of the worker's process jump; false: it died, or orders do not go on.
bool jump(Worker& worker, const std::string& service, seconds ahead, const Traffic& traffic) {
  worker.trap().ahead = ahead.count();
  const auto begin = Clock::now();
  const std::int64_t wanted = traffic.acknowledged() + kGoesOn;
  const bool goes_on =
      eventually(kPatience, [&] { return traffic.acknowledged() >= wanted; }) && !worker.is_dead();
  say(fmt::format("{}'s clock is {} s ahead: {} commands after {:.1f} s{}", service, ahead.count(),
                  kGoesOn, seconds_since(begin), goes_on ? "" : ": NOT AS IT SHOULD BE"));
  return goes_on;
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
  const std::vector<std::string> services = services_of_instance();
  std::string pairs = "scale";
  for (const std::string& service : services) pairs += " " + service + "=2";
  platform(pairs);
  TrafficOptions options = load(scene, 8);
  options.repeats = false;
  options.reads = true;
  Traffic traffic{options};
  for (int round = 1; round <= rounds; ++round) {
    for (const std::string& service : services) platform("restart " + service);
    say(fmt::format("round {}/{} over {} services: {} commands, {} reads, {} failed", round, rounds,
                    services.size(), traffic.acknowledged(), traffic.reads(),
                    traffic.book().surprises().size()));
  }
  return scene.judge(traffic);
}

bool measure_clock_jumps() {
  Scene scene;
  Traffic traffic{load(scene, 8)};
  bool good = true;
  for (const std::string service : {"order", "product"}) {
    Worker worker{service};
    worker.make_ready();
    for (const seconds ahead : kJumps) good = jump(worker, service, ahead, traffic) && good;
  }
  return scene.judge(traffic) && good;
}

bool measure_zombies() {
  Scene scene;
  Traffic traffic{load(scene, 8)};
  bool good = true;
  for (const std::string service : {"order", "product"}) {
    for (const pid_t pid : running(service)) {
      ::kill(pid, SIGSTOP);
      const auto begin = Clock::now();
      const double order = first_order(traffic);
      const double event = first_event("waybill." + service + 's');
      say(fmt::format(
          "a process of {} stands still: first order after {:.2f} s, first event {:.2f} s later",
          service, order, event));
      good = good && order < kPatience.count() && event < kPatience.count();
      std::this_thread::sleep_until(begin + kPatience);
      ::kill(pid, SIGCONT);
      const double after = first_order(traffic);
      say(fmt::format("it wakes: first order after {:.2f} s", after));
      good = good && after < kPatience.count();
    }
  }
  return scene.judge(traffic) && good;
}

bool measure_kafka_away(const KafkaAway& options) {
  constexpr int kClients = 10;
  Scene scene;
  TrafficOptions steady = load(scene, kClients);
  steady.per_second = options.per_second / kClients;
  steady.repeats = false;
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
