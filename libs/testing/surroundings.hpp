// What surrounds the API of a process in miniature: an io_context on a thread of its own, brokers
// in memory, a real Redis, and relays that nobody has started. Two on one database are two
// processes.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "libs/cache/cache.hpp"
#include "libs/messaging/memory.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/outbox/relay.hpp"

namespace waybill::testing {

class Surroundings {
 public:
  // Events go to `topic`, which has one partition.
  Surroundings(const std::string& service, const pg::Options& database, const std::string& topic);
  ~Surroundings();
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

  // Once all that runs on `io` is built, and before anything of it is destroyed.
  void start();
  void stop();

  common::v1::Outcome run_direct(
      pg::Connection& connection, const outbox::DirectCommand& command,
      const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>& work);
  void transact(pg::Connection& connection,
                const std::function<void(pg::Tx&, outbox::Writer&)>& work);

  boost::asio::io_context io;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
  cache::Cache cache_;
  std::unique_ptr<messaging::RabbitBroker> rabbit_;
  std::unique_ptr<messaging::KafkaBroker> kafka_;
  std::unique_ptr<messaging::Publisher> publisher_;

 public:
  outbox::Relays relays;
};

}  // namespace waybill::testing
