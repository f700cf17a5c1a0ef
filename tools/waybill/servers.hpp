// The servers of a platform that operators' verbs look into: databases by service, RabbitMQ, Kafka.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"

namespace CLI {
class App;
}

namespace waybill::tool {

// WAYBILL_DATABASE_<SERVICE> of the environment by service ("order"). URLs have passwords in them,
// so there is no flag. WAYBILL_AUDIT_DATABASE_<SERVICE> comes first where it is set: a role that
// may only read.
std::map<std::string, std::string> databases_to_read();
std::map<std::string, std::string> databases_to_write();

// The URL of one service; throws UsageError that says what to set.
std::string database_of(const std::map<std::string, std::string>& databases,
                        const std::string& service);

struct RabbitFlags {
  std::string url;

  // WAYBILL_RABBIT_URL only: it has a password in it.
  void add_to(CLI::App& verb);
  // Throws UsageError where nothing is set.
  std::unique_ptr<messaging::RabbitBroker> connect() const;
};

}  // namespace waybill::tool
