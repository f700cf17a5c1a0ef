#include "tools/waybill/connection.hpp"

#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>

namespace waybill::tool {
namespace {

// The value of a variable, else the first line of a file that a flag names; empty without both.
std::string read_secret(const char* variable, const std::string& path) {
  if (const char* value = std::getenv(variable)) return value;
  if (path.empty()) return {};
  std::ifstream in{path};
  std::string line;
  if (!in || !std::getline(in, line) || line.empty()) {
    throw UsageError{path + ": there is nothing in this file"};
  }
  return line;
}

}  // namespace

void GatewayFlags::add_to(CLI::App& verb) {
  verb.add_option("--gateway", address, "address of the gateway")
      ->envname("WAYBILL_GATEWAY")
      ->capture_default_str();
  verb.add_option("--email", email,
                  "account to sign in with; its password by WAYBILL_PASSWORD or file")
      ->envname("WAYBILL_EMAIL");
  verb.add_option("--password-file", password_file, "file with the account's password")
      ->envname("WAYBILL_PASSWORD_FILE");
  verb.add_option("--token-file", token_file, "file with a bearer token (or WAYBILL_TOKEN)")
      ->envname("WAYBILL_TOKEN_FILE");
}

GatewayOptions GatewayFlags::options(std::size_t connections) const {
  GatewayOptions options;
  options.address = address;
  options.connections = connections;
  options.credentials.token = read_secret("WAYBILL_TOKEN", token_file);
  if (!options.credentials.token.empty()) return options;
  options.credentials.email = email;
  options.credentials.password = config::Secret{read_secret("WAYBILL_PASSWORD", password_file)};
  if (!email.empty() && options.credentials.password.empty()) {
    throw UsageError{"there is an e-mail but no password: set WAYBILL_PASSWORD or --password-file"};
  }
  return options;
}

void KafkaFlags::add_to(CLI::App& verb) {
  verb.add_option("--kafka-brokers", brokers, "Kafka's bootstrap servers")
      ->envname("WAYBILL_KAFKA_BROKERS")
      ->capture_default_str();
}

}  // namespace waybill::tool
