#include "tests/chaos/gates.hpp"

#include <sstream>

#include "libs/testing/testing.hpp"

namespace waybill::chaos {

namespace {

struct Route {
  Link link;
  std::uint16_t own = 0, target = 0;  // ports
};

// WAYBILL_LINKS: client, server, the gate's port and the server's, again and again.
std::vector<Route> routes() {
  std::istringstream in{testing::environment("WAYBILL_LINKS")};
  std::vector<Route> all;
  for (Route route; in >> route.link.client >> route.link.server >> route.own >> route.target;) {
    all.push_back(route);
  }
  if (all.empty()) throw std::runtime_error{"only the instance chaos has gates"};
  return all;
}

}  // namespace

std::vector<Link> links_of_instance() {
  std::vector<Link> links;
  for (const Route& route : routes()) links.push_back(route.link);
  return links;
}

std::vector<std::string> services_of_instance() {
  std::vector<std::string> services;
  for (const Link& link : links_of_instance()) {
    if (link.server == "rabbitmq") services.push_back(link.client);
  }
  return services;
}

Gates::Gates() {
  for (const Route& route : routes()) {
    gates_[route.link.name()] =
        std::make_unique<testing::TcpGate>("127.0.0.1", route.target, route.own);
  }
}

std::string Gates::gateway() const {
  return fmt::format("127.0.0.1:{}", gates_.at("clients-gateway")->port());
}

std::map<std::uint16_t, std::string> Gates::names() const {
  std::map<std::uint16_t, std::string> names;
  for (const auto& [name, gate] : gates_) names[gate->port()] = name;
  return names;
}

void Gates::calm() {
  for (const auto& [name, gate] : gates_) gate->apply({});
}

}  // namespace waybill::chaos
