// A service in miniature: queue "shop", brokers in memory or real ones, a fresh database, processor
// and relays. Its handlers note each command in the table `work`, so that work done twice shows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "libs/messaging/memory.hpp"
#include "libs/outbox/operations.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/testing/testing.hpp"
#include "waybill/common/v1/outcome.pb.h"
#include "waybill/order/v1/commands.pb.h"
#include "waybill/order/v1/events.pb.h"

namespace waybill::testing {

using order::v1::CancelOrder;
using order::v1::PlaceOrder;
using outbox::Command;
using outbox::Outcome;

struct Setup {
  // How the processor reaches the database, where it is not the direct way.
  std::function<std::string(const std::string&)> url = {};
  bool real_brokers = false;  // RabbitMQ and Kafka, with a queue and a topic of this test
  std::string server = {};    // another PostgreSQL: its superuser's URL
  std::chrono::milliseconds idle_time{15'000};  // of the processor's transactions
};

class House {
 public:
  explicit House(Setup setup = {});
  ~House();

  outbox::Handlers handlers;
  FreshDatabase database;
  std::unique_ptr<messaging::RabbitBroker> rabbit;
  std::unique_ptr<messaging::KafkaBroker> kafka;
  const std::string queue;
  const std::string topic;

  void start(std::size_t workers = 1);
  void stop();

  // PlaceOrder: noted, told on the topic, 201.
  void place_orders();

  // A command as the gateway sends it, with the reply queue of this house.
  messaging::Message message(const google::protobuf::Message& body, const Id& id = new_id());
  void send(messaging::Message message);
  // All in one go, so that they are taken as one batch: the processor is started afterwards.
  void send_all(const std::vector<messaging::Message>& messages);

  // Outcomes in the order of arrival; waits for `count` of them.
  std::vector<common::v1::Outcome> outcomes(std::size_t count);
  // What else came to the reply queue (JSON).
  std::vector<messaging::Message> replies(std::size_t count);
  std::vector<messaging::Event> events(std::size_t count);
  std::vector<messaging::Message> queued(const std::string& name, std::size_t count);

  std::int64_t count(const char* sql);
  // The version in the cache; 0 for none.
  std::int64_t cached(const std::string& key);
  pg::Connection& connection() { return connection_; }
  outbox::Relays& relays() { return *relays_; }
  cache::Cache& cache() { return cache_; }
  messaging::Publisher& publisher() { return *publisher_; }

  const std::vector<std::chrono::milliseconds> retries{std::chrono::milliseconds{20},
                                                       std::chrono::milliseconds{40}};

 private:
  pg::Options through_;  // the processor's way to the database
  bool real_brokers_;
  pg::Connection connection_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread io_thread_;
  cache::Cache cache_;
  std::unique_ptr<messaging::Publisher> publisher_;
  std::unique_ptr<messaging::Consumer> commands_;
  std::unique_ptr<messaging::Consumer> replies_;
  std::unique_ptr<messaging::EventConsumer> events_;
  std::unique_ptr<outbox::Relays> relays_;
  std::unique_ptr<outbox::Processor> processor_;
};

// Writes each command into `work`.
void note(pg::Tx& tx, const Id& command_id);

}  // namespace waybill::testing
