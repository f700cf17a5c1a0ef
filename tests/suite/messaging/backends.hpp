// What the suite runs against: each test case runs once per backend.
#pragma once

#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/messaging/memory.hpp"
#include "libs/testing/testing.hpp"

namespace waybill::messaging {

struct InMemory {
  static std::unique_ptr<RabbitBroker> rabbit() { return make_memory_rabbit(); }
  static std::unique_ptr<KafkaBroker> kafka() { return make_memory_kafka(); }
};

struct Real {
  static std::unique_ptr<RabbitBroker> rabbit() {
    RabbitOptions options;
    options.url = testing::environment("WAYBILL_RABBIT_URL");
    return make_rabbit(options);
  }
  static std::unique_ptr<KafkaBroker> kafka() {
    KafkaOptions options;
    options.brokers = testing::environment("WAYBILL_KAFKA_BROKERS");
    return make_kafka(options);
  }
};

inline std::string unique_name() {
  return "test." + new_id().to_string();
}

}  // namespace waybill::messaging
