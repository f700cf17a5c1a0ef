// Against a real Kafka.
#include "services/gateway/tokens/revocation_feed.hpp"

#include <mutex>

#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "waybill/identity/v1/events.pb.h"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;
using testing::eventually;

namespace {

// A topic of users that only one test knows.
class Topic {
 public:
  Topic() { kafka->create_topic(name, 2, {}); }
  ~Topic() { kafka->delete_topic(name); }

  void revoke(const Id& user) {
    identity::v1::SessionsRevoked revoked;
    revoked.set_user_id(user.to_string());
    revoked.set_revoked_at(to_rfc3339(now()));
    revoked.set_until(to_rfc3339(now() + 30min));
    messaging::Event event;
    event.topic = name;
    event.key = user.to_string();
    event.value = revoked.SerializeAsString();
    event.headers["ce_type"] = revoked.GetTypeName();
    REQUIRE(producer_->produce(std::array{event}).front());
  }

  const std::string name = "test-users-" + new_id().to_string();
  std::unique_ptr<messaging::KafkaBroker> kafka =
      messaging::make_kafka({testing::environment("WAYBILL_KAFKA_BROKERS"), 2ms});

 private:
  std::unique_ptr<messaging::EventProducer> producer_ = kafka->make_producer("test");
};

// What a gateway has learned.
class Listener {
 public:
  explicit Listener(Topic& topic)
      : feed{*topic.kafka, topic.name, 30min, [this](const std::vector<Revocation>& told) {
               const std::lock_guard lock{mutex_};
               for (const auto& revocation : told) users_.push_back(revocation.user);
             }} {
    feed.start();
  }

  bool knows(const Id& user) {
    const std::lock_guard lock{mutex_};
    return std::find(users_.begin(), users_.end(), user) != users_.end();
  }

 private:
  std::mutex mutex_;
  std::vector<Id> users_;

 public:
  RevocationFeed feed;  // last: it uses the above
};

}  // namespace

TEST_CASE("a gateway learns of what was revoked before it started, then it is ready",
          "[gateway][revocations]") {
  Topic topic;
  const Id user = new_id();
  topic.revoke(user);
  Listener gateway{topic};
  REQUIRE(eventually(10s, [&] { return gateway.feed.is_current(); }));
  CHECK(gateway.feed.has_begun());
  CHECK(gateway.knows(user));
}

TEST_CASE("all gateways learn of a revocation within two seconds", "[gateway][revocations]") {
  Topic topic;
  Listener one{topic};
  Listener other{topic};
  REQUIRE(eventually(10s, [&] { return one.feed.is_current() && other.feed.is_current(); }));
  const Id user = new_id();
  topic.revoke(user);
  CHECK(eventually(2s, [&] { return one.knows(user) && other.knows(user); }));
}

TEST_CASE("a gateway that can't reach Kafka does not say that it knows what was revoked",
          "[gateway][revocations]") {
  const auto kafka = messaging::make_kafka({"127.0.0.1:1", 2ms});
  RevocationFeed feed{*kafka, "waybill.users", 30min, [](const std::vector<Revocation>&) {}};
  feed.start();
  CHECK_FALSE(feed.is_current());
  CHECK_FALSE(feed.has_begun());
  feed.stop();
}
