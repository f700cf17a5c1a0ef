#include "tests/integration/outbox/gate.hpp"

#include <regex>

namespace waybill::testing {
namespace {

// The first group of the pattern in the URL; empty without one.
std::string part(const std::string& url, const char* pattern) {
  std::smatch match;
  return std::regex_search(url, match, std::regex{pattern}) ? match[1].str() : std::string{};
}

// Where the URL leads: a folder with a Unix socket (?host=/…&port=…) or an address (@host:port).
std::unique_ptr<TcpGate> gate_before(const std::string& url) {
  const std::string folder = part(url, "[?&]host=(/[^&]*)");
  if (!folder.empty()) {
    return std::make_unique<TcpGate>(folder + "/.s.PGSQL." + part(url, "[?&]port=([0-9]+)"));
  }
  const int port = std::stoi(part(url, "@[0-9.]+:([0-9]+)"));
  return std::make_unique<TcpGate>(part(url, "@([0-9.]+):"), static_cast<std::uint16_t>(port));
}

}  // namespace

Gate::Gate(const std::string& url) : gate_{gate_before(url)} {
  // What is said last of host and port counts.
  url_ = url + (url.find('?') == std::string::npos ? '?' : '&') +
         "host=127.0.0.1&port=" + std::to_string(gate_->port());
}

}  // namespace waybill::testing
