#include "tests/bench/rebuild.hpp"

#include <thread>

#include "libs/core/money.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/projection/projection.hpp"
#include "libs/projection/shadow.hpp"
#include "libs/testing/testing.hpp"
#include "services/report/projections/projections.hpp"
#include "waybill/order/v1/events.pb.h"

namespace waybill::bench {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr int partitions = 8;
constexpr std::size_t portion = 5'000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <class Event>
messaging::Event told(const Id& order, std::int64_t version, const std::string& status,
                      const std::string& topic) {
  Event message;
  order::v1::Order& body = *message.mutable_order();
  body.set_id(order.to_string());
  body.set_user_id(order.to_string());
  body.set_status(status);
  body.set_order_date("2026-01-30T12:00:00.000Z");
  body.set_version(version);
  for (int line = 0; line < 2; ++line) {
    order::v1::OrderItem& item = *body.add_items();
    item.set_product_id(derive_id(order, std::to_string(line)).to_string());
    item.set_name("White hanging heart");
    item.set_quantity(3);
    if (version > 1) item.set_line_total("7.65");
  }
  if (version > 1) {
    body.set_total_price("15.30");
    body.set_currency("EUR");
  }
  messaging::Event event;
  event.topic = topic;
  event.key = body.id();
  event.value = message.SerializeAsString();
  event.headers = {{"ce_type", message.GetDescriptor()->full_name()},
                   {"ce_id", new_id().to_string()},
                   {"ce_version", std::to_string(version)},
                   {"ce_time", "2026-01-30T12:00:00.000Z"},
                   {"ce_causationid", order.to_string()},
                   {"ce_correlationid", "bench"}};
  return event;
}

// A topic full of orders that goes with the measurement.
class Orders {
 public:
  explicit Orders(std::int64_t count)
      : kafka{messaging::make_kafka({.brokers = testing::environment("WAYBILL_KAFKA_BROKERS")})},
        topic{"bench.rebuild." + new_id().to_string()},
        events{3 * count} {
    kafka->create_topic(topic, partitions, {});
    const auto producer = kafka->make_producer("bench");
    std::vector<messaging::Event> batch;
    for (std::int64_t i = 0; i < count; ++i) {
      const Id id = new_id();
      batch.push_back(told<order::v1::OrderPlaced>(id, 1, "PENDING", topic));
      batch.push_back(told<order::v1::OrderConfirmed>(id, 2, "CONFIRMED", topic));
      batch.push_back(told<order::v1::OrderPaid>(id, 3, "PAID", topic));
      if (batch.size() < portion && i + 1 < count) continue;
      producer->produce(batch, std::chrono::minutes{1});
      batch.clear();
    }
  }
  ~Orders() { kafka->delete_topic(topic); }

  double consume() {
    std::vector<messaging::TopicPartition> from;
    for (int i = 0; i < partitions; ++i) from.push_back({topic, i});
    const auto start = Clock::now();
    const auto consumer = kafka->read(from);
    std::int64_t seen = 0;
    while (seen < events) seen += std::ssize(consumer->poll(10'000, seconds{5}));
    return static_cast<double>(events) / seconds_since(start);
  }

  projection::Definition definition() const {
    projection::Definition definition = report::projections::orders();
    definition.topics = {topic};
    definition.service = topic;  // a consumer group of its own
    return definition;
  }

  const std::unique_ptr<messaging::KafkaBroker> kafka;
  const std::string topic;
  const std::int64_t events;
};

void follow_live(Orders& orders, const pg::Options& database) {
  projection::Projection live{orders.definition(), database, *orders.kafka};
  live.start();
  pg::Connection connection{database};
  const auto is_there = [&] {
    std::int64_t applied = 0;
    const auto all = projection::standings(connection, *orders.kafka, orders.definition());
    for (const projection::Standing& each : all) applied += each.next;
    return applied == orders.events;
  };
  if (!testing::eventually(std::chrono::minutes{10}, is_there)) {
    throw std::runtime_error{"the live projection did not come to the end"};
  }
}

}  // namespace

RebuildReport measure_rebuild(const RebuildOptions& options) {
  RebuildReport report;
  Orders orders{options.orders};
  report.events = orders.events;
  report.consumer = orders.consume();
  testing::FreshDatabase database{"report"};
  follow_live(orders, database.options());
  const std::atomic<bool> stop{false};
  for (const std::size_t workers : options.workers) {
    projection::Shadow shadow{orders.definition(), database.options(), *orders.kafka};
    shadow.drop();
    shadow.begin();
    const auto start = Clock::now();
    const std::int64_t done =
        shadow.catch_up({}, workers, stop, [](const projection::RebuildProgress&) {});
    report.runs.push_back({workers, static_cast<double>(done) / seconds_since(start)});
    report.differences += shadow.compare(0, std::chrono::minutes{1}).count();
  }
  return report;
}

std::vector<std::string> RebuildReport::complaints() const {
  if (differences == 0) return {};
  return {fmt::format("{} rows differ from the live tables", differences)};
}

std::string to_table(const RebuildReport& report) {
  std::string text =
      fmt::format("{} events of {} orders\n{:<34} {:>12.0f} events/s\n", report.events,
                  report.events / 3, "limit: a consumer that does nothing", report.consumer);
  for (const RebuildReport::Run& run : report.runs) {
    text += fmt::format("{:<34} {:>12.0f} events/s\n",
                        fmt::format("rebuild of report.orders, {} workers", run.workers),
                        run.per_second);
  }
  return text + fmt::format("differences from the live tables: {}\n", report.differences);
}

json::object to_json(const RebuildReport& report) {
  json::array runs;
  for (const RebuildReport::Run& run : report.runs) {
    runs.push_back(json::object{{"workers", run.workers}, {"per_second", run.per_second}});
  }
  return {{"events", report.events},
          {"consumer_per_second", report.consumer},
          {"runs", std::move(runs)},
          {"differences", report.differences}};
}

}  // namespace waybill::bench
