// One worker thread's work: batches from the queue, each to its end.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "libs/cache/cache.hpp"
#include "libs/core/backoff.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/metrics/requests.hpp"
#include "libs/outbox/batch.hpp"
#include "libs/outbox/failures.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/outbox/relay.hpp"
#include "libs/pg/pg.hpp"
#include "libs/trace/trace.hpp"

namespace waybill::outbox {

// What the workers of a processor share.
struct Shop {
  ProcessorOptions options;
  const Handlers& handlers;
  JsonDecoder decode_json;
  pg::Options database;
  messaging::Consumer& commands;
  messaging::Publisher& publisher;
  cache::Cache& cache;
  Relays& relays;

  std::mutex mutex{};
  std::condition_variable stopped{};
  std::atomic<bool> stopping{false};

  void stop();
  // Returns early when the processor stops.
  void pause(milliseconds duration);
};

// After the commit: relay and answers, the cache before the answers.
void tell(Aftermath& after, messaging::Publisher& publisher, Relays& relays);

class Worker {
 public:
  explicit Worker(Shop& shop);
  // Until shop.stopping.
  void run();

 private:
  void handle(std::vector<messaging::Delivery> deliveries);
  void handle(std::span<Intake* const> batch);
  // What became of one transaction.
  enum class Result { committed, transient, unavailable, poison };
  Result run_once(std::span<Intake* const> batch, Aftermath& after, std::string& reason);
  // True when the batch is done with; false when its members should be tried one by one.
  bool try_batch(std::span<Intake* const> batch);
  void settle(std::span<Intake* const> batch, Aftermath& after);
  void retry_later(std::span<const Failures::Later> commands);
  void bury(const Intake& command, const std::string& reason);
  // Waits for the database like a command; what else fails is answered, and not kept.
  void ask(const Intake& query, const Handlers::Query& handler);
  void answer_query(const Intake& query, const Outcome& outcome);
  // Answers what would become of the command, and forgets it.
  void rehearse(Intake& command);
  // Takes nothing from the queue until the database is back, or the processor stops.
  void wait_for_database(Backoff& backoff);
  void count(const Aftermath& after);
  void count(const std::vector<Intake>& taken);
  void count_failed(const Intake& command, const char* reason);
  std::string action_of(const Intake& command) const;
  std::vector<trace::Span> spans_of(std::vector<Intake>& intakes) const;
  void ack(const Intake& command) { tags_done_.push_back(command.delivery.tag); }
  void give_back(const Intake& command) { tags_back_.push_back(command.delivery.tag); }
  void acknowledge();

  Shop& shop_;
  pg::Connection connection_;
  Failures failures_;
  std::vector<std::uint64_t> tags_done_;
  std::vector<std::uint64_t> tags_back_;
  std::map<std::pair<std::string, std::string>, metrics::Counter*> counters_;  // type, outcome
  std::map<std::string, metrics::Counter*> received_;                          // by action
  metrics::Histogram& batch_size_;
  metrics::Histogram& handling_seconds_;
  metrics::Histogram& critical_seconds_;
  metrics::Gauge& oldest_;
  metrics::Requests messages_{"message"};
};

}  // namespace waybill::outbox
