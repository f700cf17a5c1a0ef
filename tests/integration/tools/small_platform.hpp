// A whole platform in miniature, for tests that damage it: the handlers of identity, product and
// order and the projections of report over fresh databases and brokers in memory. It is built and
// filled once, and nothing runs in it any more; a test that damages a database gets a copy of that
// one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/messaging/memory.hpp"
#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tools/waybill/audit/audit.hpp"

namespace waybill::testing {

// What the platform was filled with.
struct Filling {
  Id user, address, second_user;
  Id tea, mug, gone;  // products; `gone` was deleted
  Id confirmed, paid, canceled, rejected;
  Id moved_stock;  // a MoveStock of tea
};

class SmallPlatform {
 public:
  SmallPlatform();
  ~SmallPlatform();
  SmallPlatform(const SmallPlatform&) = delete;

  const Filling& filling() const;

  // Damages a copy of a service's database; throws where the SQL changes nothing.
  void sql(const std::string& service, const std::string& text);
  std::int64_t number(const std::string& service, const std::string& text);
  // Tells what a service's outbox_sent has of this key and version once more, or a changed form.
  messaging::Event sent_event(const std::string& service, const Id& key, std::int64_t version);
  void tell(const messaging::Event& event);
  // The topic without this event: topics can't be mended, so it is made anew.
  void forget_event(const std::string& topic, const Id& key, std::int64_t version);
  // Puts a message into a queue.
  void put(const std::string& queue, messaging::Message message);

  // An audit that takes everything for settled, like the one after --settle.
  tool::audit::Report audit(tool::audit::Options options = {});

  messaging::RabbitBroker& rabbit() { return *rabbit_; }

 private:
  struct Clone;
  std::string url(const std::string& service) const;

  std::map<std::string, std::unique_ptr<Clone>> databases_;
  std::unique_ptr<messaging::RabbitBroker> rabbit_;
  std::unique_ptr<messaging::KafkaBroker> kafka_;
};

}  // namespace waybill::testing
