// The gates before everything that the platform's processes talk to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/testing/tcp_gate.hpp"
#include "tests/chaos/plan.hpp"

namespace waybill::chaos {

// All that WAYBILL_LINKS names.
std::vector<Link> links_of_instance();
// Those that take commands or read events: "order".
std::vector<std::string> services_of_instance();

class Gates {
 public:
  // One for each link of the instance.
  Gates();

  // Of the clients outside to the gateway: "127.0.0.1:26728".
  std::string gateway() const;
  // By the port: "order-postgres".
  std::map<std::uint16_t, std::string> names() const;
  testing::TcpGate& of(const std::string& link) { return *gates_.at(link); }
  // No gate does anything any more but pass on.
  void calm();

 private:
  std::map<std::string, std::unique_ptr<testing::TcpGate>> gates_;  // by the link's name
};

}  // namespace waybill::chaos
