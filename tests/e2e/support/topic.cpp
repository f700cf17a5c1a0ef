#include "tests/e2e/support/topic.hpp"

#include "libs/testing/testing.hpp"

namespace waybill::e2e {

std::string header(const messaging::Event& event, std::string_view name) {
  const auto found = event.headers.find(name);
  return found == event.headers.end() ? std::string{} : found->second;
}

TopicWatch::TopicWatch(const std::string& topic)
    : kafka_{messaging::make_kafka({.brokers = testing::environment("WAYBILL_KAFKA_BROKERS")})} {
  std::vector<messaging::TopicPartition> ends;
  for (const auto& partition : kafka_->partitions(topic)) {
    ends.push_back({topic, partition.partition, partition.end});
  }
  consumer_ = kafka_->read(std::move(ends));
}

bool TopicWatch::until(milliseconds most, const std::function<bool()>& fact) {
  const auto end = std::chrono::steady_clock::now() + most;
  while (!fact()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    for (auto& event : consumer_->poll(500, milliseconds{200})) seen_.push_back(std::move(event));
  }
  return true;
}

std::vector<std::string> TopicWatch::of(const std::string& key) const {
  std::vector<std::string> events;
  for (const messaging::Event& event : seen_) {
    if (event.key != key) continue;
    const std::string type = header(event, "ce_type");
    events.push_back(type.substr(type.rfind('.') + 1) + " " + header(event, "ce_version"));
  }
  return events;
}

}  // namespace waybill::e2e
