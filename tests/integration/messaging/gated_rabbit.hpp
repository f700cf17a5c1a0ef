// RabbitMQ behind a gate that the test can shut, and a broker beside it that sees what is really
// there.
#pragma once

#include <set>

#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/messaging/retry_ladder.hpp"
#include "libs/testing/tcp_gate.hpp"
#include "libs/testing/testing.hpp"

namespace waybill::messaging {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr milliseconds kLong{20'000};  // for what must happen

// amqp://user:password@host:port/vhost, in parts.
class BrokerUrl {
 public:
  BrokerUrl() : url_{testing::environment("WAYBILL_RABBIT_URL")} {
    const auto scheme = url_.find("://") + 3;
    const auto at = url_.find('@');
    host_at_ = at == std::string::npos ? scheme : at + 1;
    const auto colon = url_.find(':', host_at_);
    REQUIRE(colon != std::string::npos);
    const auto end = std::min(url_.find('/', colon), url_.size());
    host_ = url_.substr(host_at_, colon - host_at_);
    port_ = static_cast<std::uint16_t>(std::stoi(url_.substr(colon + 1, end - colon - 1)));
    rest_ = url_.substr(end);
  }

  const std::string& text() const { return url_; }
  const std::string& host() const { return host_; }
  std::uint16_t port() const { return port_; }
  std::string through(const testing::TcpGate& gate) const {
    return fmt::format("{}127.0.0.1:{}{}", url_.substr(0, host_at_), gate.port(), rest_);
  }

 private:
  std::string url_;
  std::size_t host_at_ = 0;
  std::string host_;
  std::uint16_t port_ = 0;
  std::string rest_;
};

class GatedRabbit {
 public:
  explicit GatedRabbit(RabbitOptions options = {}) : gate{url_.host(), url_.port()} {
    RabbitOptions plain;
    plain.url = url_.text();
    direct = make_rabbit(plain);
    options.url = url_.through(gate);
    gated = make_rabbit(options);
    queue.name = "test." + new_id().to_string();
    queue.retries = {};
    direct->declare(queue);
  }
  ~GatedRabbit() { direct->remove(queue); }

  OutgoingMessage command(std::string body) const {
    OutgoingMessage outgoing;
    outgoing.to = {std::string{kCommandExchange}, queue.name};
    outgoing.message.body = std::move(body);
    return outgoing;
  }

  void publish_numbers(int count) const {
    std::vector<OutgoingMessage> messages;
    for (int i = 0; i < count; ++i) messages.push_back(command(std::to_string(i)));
    const auto outcomes = direct->make_publisher("test.direct")->publish_all(std::move(messages));
    REQUIRE(std::ranges::count(outcomes, Publish::confirmed) == count);
  }

 private:
  BrokerUrl url_;

 public:
  testing::TcpGate gate;
  std::unique_ptr<RabbitBroker> direct;
  std::unique_ptr<RabbitBroker> gated;
  QueueOptions queue;
};

inline std::vector<std::uint64_t> tags_of(const std::vector<Delivery>& deliveries) {
  std::vector<std::uint64_t> tags;
  for (const auto& delivery : deliveries) tags.push_back(delivery.tag);
  return tags;
}

// Takes and acknowledges until there are as many different bodies or the time is over.
inline std::multiset<std::string> take_bodies(Consumer& consumer, std::size_t different,
                                              milliseconds most = kLong) {
  const auto until = std::chrono::steady_clock::now() + most;
  std::multiset<std::string> bodies;
  std::set<std::string> seen;
  while (seen.size() < different && std::chrono::steady_clock::now() < until) {
    const auto batch = consumer.take(100, milliseconds{100});
    consumer.ack(tags_of(batch));
    for (const auto& delivery : batch) {
      bodies.insert(delivery.message.body);
      seen.insert(delivery.message.body);
    }
  }
  return bodies;
}

// Takes and acknowledges until nothing has come for a second.
inline std::set<std::string> take_all(Consumer& consumer) {
  std::set<std::string> bodies;
  for (;;) {
    const auto batch = consumer.take(100, seconds{1});
    if (batch.empty()) return bodies;
    consumer.ack(tags_of(batch));
    for (const auto& delivery : batch) bodies.insert(delivery.message.body);
  }
}

}  // namespace waybill::messaging
