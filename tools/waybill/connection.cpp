#include "tools/waybill/connection.hpp"

#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>

namespace waybill::tool {
namespace {

std::string read_token(const std::string& path) {
  std::ifstream in{path};
  std::string token;
  if (!in || !std::getline(in, token)) throw UsageError{path + ": there is no token in this file"};
  return token;
}

}  // namespace

void GatewayFlags::add_to(CLI::App& verb) {
  verb.add_option("--gateway", address, "address of the gateway")
      ->envname("WAYBILL_GATEWAY")
      ->capture_default_str();
  verb.add_option("--token-file", token_file, "file with a bearer token (or WAYBILL_TOKEN)")
      ->envname("WAYBILL_TOKEN_FILE");
}

GatewayOptions GatewayFlags::options(std::size_t connections) const {
  GatewayOptions options;
  options.address = address;
  options.connections = connections;
  const char* token = std::getenv("WAYBILL_TOKEN");
  if (token) {
    options.token = token;
  } else if (!token_file.empty()) {
    options.token = read_token(token_file);
  }
  return options;
}

void KafkaFlags::add_to(CLI::App& verb) {
  verb.add_option("--kafka-brokers", brokers, "Kafka's bootstrap servers")
      ->envname("WAYBILL_KAFKA_BROKERS")
      ->capture_default_str();
}

}  // namespace waybill::tool
