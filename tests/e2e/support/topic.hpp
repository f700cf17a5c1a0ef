// What a topic says.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"

namespace waybill::e2e {

// Events of these keys since the object was made, in order per key.
class TopicWatch {
 public:
  explicit TopicWatch(const std::string& topic);

  // Reads on until the fact holds for what was seen; false when `most` is over.
  bool until(std::chrono::milliseconds most, const std::function<bool()>& fact);
  // Of this key: "OrderPlaced 1", "OrderConfirmed 2", …
  std::vector<std::string> of(const std::string& key) const;
  const std::vector<messaging::Event>& all() const { return seen_; }

 private:
  std::unique_ptr<messaging::KafkaBroker> kafka_;
  std::unique_ptr<messaging::EventConsumer> consumer_;
  std::vector<messaging::Event> seen_;
};

std::string header(const messaging::Event& event, std::string_view name);

}  // namespace waybill::e2e
