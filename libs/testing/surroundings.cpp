#include "libs/testing/surroundings.hpp"

#include "libs/testing/testing.hpp"

namespace waybill::testing {

Surroundings::Surroundings(const std::string& service, const pg::Options& database,
                           const std::string& topic)
    : work_{io.get_executor()},
      cache_{io, {.url = environment("WAYBILL_REDIS_URL")}},
      rabbit_{messaging::make_memory_rabbit()},
      kafka_{messaging::make_memory_kafka()},
      publisher_{rabbit_->make_publisher(service)},
      relays{service, database, *kafka_, *rabbit_} {
  kafka_->create_topic(topic, 1, {});
}

Surroundings::~Surroundings() {
  stop();
}

void Surroundings::start() {
  thread_ = std::thread{[this] { io.run(); }};
}

void Surroundings::stop() {
  if (!thread_.joinable()) return;
  work_.reset();
  io.stop();
  thread_.join();
}

common::v1::Outcome Surroundings::run_direct(
    pg::Connection& connection, const outbox::DirectCommand& command,
    const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>& work) {
  return outbox::run_direct(connection, cache_, *publisher_, relays, command, work);
}

void Surroundings::transact(pg::Connection& connection,
                            const std::function<void(pg::Tx&, outbox::Writer&)>& work) {
  outbox::run_transaction(connection, cache_, *publisher_, relays, work);
}

}  // namespace waybill::testing
