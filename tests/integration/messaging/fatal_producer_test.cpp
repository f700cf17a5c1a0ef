// A cluster in librdkafka's own imagination: it answers what the test tells it to.
#include <catch2/catch.hpp>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "libs/messaging/broker.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/testing/calls.hpp"

namespace waybill::messaging {
namespace {

constexpr std::int16_t kProduce = 0;  // the Kafka protocol's number of this request

class ImaginedCluster {
 public:
  ImaginedCluster()
      : handle_{rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)},
        cluster_{rd_kafka_mock_cluster_new(handle_, 1)} {
    REQUIRE(cluster_ != nullptr);
  }
  ~ImaginedCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(handle_);
  }

  std::unique_ptr<KafkaBroker> broker() const {
    KafkaOptions options;
    options.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    return make_kafka(options);
  }
  void refuse_next_produce(rd_kafka_resp_err_t why) {
    rd_kafka_mock_push_request_errors(cluster_, kProduce, 1, why);
  }

 private:
  rd_kafka_t* handle_;
  rd_kafka_mock_cluster_t* cluster_;
};

std::vector<Event> one_event() {
  std::vector<Event> events(1);
  events[0].topic = "test.imagined";
  events[0].key = "a";
  return events;
}

}  // namespace

TEST_CASE("a batch that Kafka took is a call that succeeded, one that it refused has failed",
          "[kafka]") {
  ImaginedCluster cluster;
  const auto broker = cluster.broker();
  const auto producer = broker->make_producer("test.timed");
  const auto stored = testing::calls("kafka", "produce", "ok");
  const auto refused = testing::calls("kafka", "produce", "failed");
  CHECK(producer->produce(one_event()) == std::vector{true});
  CHECK(testing::calls("kafka", "produce", "ok") == stored + 1);
  cluster.refuse_next_produce(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  CHECK(producer->produce(one_event()) == std::vector{false});
  CHECK(testing::calls("kafka", "produce", "failed") == refused + 1);
}

TEST_CASE("after a fatal error the producer is made anew, and the batch is told again", "[kafka]") {
  ImaginedCluster cluster;
  const auto broker = cluster.broker();
  const auto producer = broker->make_producer("test.fatal");
  const auto& renewed =
      metrics::counter("kafka_producers_renewed_total", "", {{"producer", "test.fatal"}});
  REQUIRE(producer->produce(one_event()) == std::vector{true});
  REQUIRE(renewed.value() == 0);

  cluster.refuse_next_produce(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  CHECK(producer->produce(one_event()) == std::vector{false});
  CHECK(renewed.value() == 1);
  CHECK(producer->produce(one_event()) == std::vector{true});
  CHECK(renewed.value() == 1);
}

}  // namespace waybill::messaging
