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
// While the rebuild is being watched: so many orders, three events each, so often.
constexpr int live_orders = 20;
constexpr std::chrono::milliseconds live_pause{50};
constexpr std::chrono::minutes patience{10};

constexpr pg::Statement read_sold{"bench_read_sold", R"(
  SELECT count(*), sum(units)
    FROM (SELECT units FROM sold_order ORDER BY order_date, id LIMIT 100) AS oldest)"};

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

void add_order(std::vector<messaging::Event>& events, const std::string& topic) {
  const Id id = new_id();
  events.push_back(told<order::v1::OrderPlaced>(id, 1, "PENDING", topic));
  events.push_back(told<order::v1::OrderConfirmed>(id, 2, "CONFIRMED", topic));
  events.push_back(told<order::v1::OrderPaid>(id, 3, "PAID", topic));
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
      add_order(batch, topic);
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

void wait_for_live(Orders& orders, const pg::Options& database) {
  pg::Connection connection{database};
  const auto is_there = [&] {
    const auto all = projection::standings(connection, *orders.kafka, orders.definition());
    return std::ranges::all_of(all, [](const auto& each) { return each.next == each.end; });
  };
  if (!testing::eventually(patience, is_there)) {
    throw std::runtime_error{"the live projection did not come to the end"};
  }
}

// Orders that come in, and somebody who reads the live table all the time.
class Traffic {
 public:
  Traffic(Orders& orders, const pg::Options& database)
      : orders_{orders}, database_{database}, teller_{[this] { tell(); }}, reader_{[this] {
          read();
        }} {}
  ~Traffic() { end(); }

  // Once it has ended.
  void add_to(RebuildReport::Busy& busy) {
    end();
    busy.told = told_;
    busy.reads = reads_;
    busy.failed_reads = failed_;
    busy.longest_read_ms = longest_ * 1'000;
  }

 private:
  void tell() {
    const auto producer = orders_.kafka->make_producer("bench");
    while (!done_) {
      std::vector<messaging::Event> batch;
      for (int i = 0; i < live_orders; ++i) add_order(batch, orders_.topic);
      producer->produce(batch, std::chrono::minutes{1});
      told_ += std::ssize(batch);
      std::this_thread::sleep_for(live_pause);
    }
  }

  void read() {
    pg::Connection connection{database_};
    while (!done_) {
      const auto start = Clock::now();
      try {
        pg::Session{connection}.exec(read_sold);
        ++reads_;
      } catch (const pg::Error& error) {
        if (failed_++ == 0) fmt::print(stderr, "a read failed: {}\n", error.what());
      }
      longest_ = std::max(longest_, seconds_since(start));
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

  void end() {
    done_ = true;
    if (teller_.joinable()) teller_.join();
    if (reader_.joinable()) reader_.join();
  }

  Orders& orders_;
  const pg::Options& database_;
  std::atomic<bool> done_{false};
  std::int64_t told_ = 0;                // of the teller
  std::int64_t reads_ = 0, failed_ = 0;  // of the reader
  double longest_ = 0;
  std::thread teller_, reader_;  // last: they use all the others
};

double rebuild(projection::Shadow& shadow, std::size_t workers) {
  const std::atomic<bool> stop{false};
  shadow.drop();
  shadow.begin();
  const auto start = Clock::now();
  const std::int64_t done =
      shadow.catch_up({}, workers, stop, [](const projection::RebuildProgress&) {});
  return static_cast<double>(done) / seconds_since(start);
}

}  // namespace

RebuildReport measure_rebuild(const RebuildOptions& options) {
  RebuildReport report;
  Orders orders{options.orders};
  report.events = orders.events;
  report.consumer = orders.consume();
  testing::FreshDatabase database{"report"};
  const pg::Options where = database.options();
  projection::Projection live{orders.definition(), where, *orders.kafka};
  live.start();
  wait_for_live(orders, where);
  projection::Shadow shadow{orders.definition(), where, *orders.kafka};
  for (const std::size_t workers : options.workers) {
    report.runs.push_back({workers, rebuild(shadow, workers)});
    report.differences += shadow.compare(0, patience).count();
  }
  Traffic traffic{orders, where};
  report.busy.per_second = rebuild(shadow, 1);
  const auto [comparison, switched] = shadow.switch_over(0, 0, patience);
  report.differences += comparison.count();
  report.busy.switched = switched;
  traffic.add_to(report.busy);
  return report;
}

std::vector<std::string> RebuildReport::complaints() const {
  std::vector<std::string> wrong;
  if (differences != 0) {
    wrong.push_back(fmt::format("{} rows differ from the live tables", differences));
  }
  if (!busy.switched) wrong.emplace_back("the tables were not switched");
  if (busy.failed_reads != 0) {
    wrong.push_back(fmt::format("{} reads failed meanwhile", busy.failed_reads));
  }
  return wrong;
}

std::string to_table(const RebuildReport& report) {
  std::string text =
      fmt::format("{} events of {} orders\n{:<40} {:>12.0f} events/s\n", report.events,
                  report.events / 3, "limit: a consumer that does nothing", report.consumer);
  for (const RebuildReport::Run& run : report.runs) {
    text += fmt::format("{:<40} {:>12.0f} events/s\n",
                        fmt::format("rebuild of report.orders, {} workers", run.workers),
                        run.per_second);
  }
  text += fmt::format("{:<40} {:>12.0f} events/s\n", "the same while orders come in, 1 worker",
                      report.busy.per_second);
  text += fmt::format("meanwhile: {} events came in, {} reads, the longest {:.0f} ms, {} failed\n",
                      report.busy.told, report.busy.reads, report.busy.longest_read_ms,
                      report.busy.failed_reads);
  return text + fmt::format("differences from the live tables: {}, {}\n", report.differences,
                            report.busy.switched ? "switched" : "NOT switched");
}

json::object to_json(const RebuildReport& report) {
  json::array runs;
  for (const RebuildReport::Run& run : report.runs) {
    runs.push_back(json::object{{"workers", run.workers}, {"per_second", run.per_second}});
  }
  return {{"events", report.events},
          {"consumer_per_second", report.consumer},
          {"runs", std::move(runs)},
          {"busy",
           {{"per_second", report.busy.per_second},
            {"told", report.busy.told},
            {"reads", report.busy.reads},
            {"failed_reads", report.busy.failed_reads},
            {"longest_read_ms", report.busy.longest_read_ms},
            {"switched", report.busy.switched}}},
          {"differences", report.differences}};
}

}  // namespace waybill::bench
