// Where the platform is: flags that every verb shares, with the environment behind them.
#pragma once

#include <string>

#include "tools/waybill/gateway.hpp"

namespace CLI {
class App;
}

namespace waybill::tool {

// A command line that makes no sense, or a file that can't be used: exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct GatewayFlags {
  std::string address = "http://127.0.0.1:18080";
  std::string email;
  std::string password_file;
  std::string token_file;

  // --gateway / WAYBILL_GATEWAY; --email / WAYBILL_EMAIL with --password-file /
  // WAYBILL_PASSWORD_FILE, or --token-file / WAYBILL_TOKEN_FILE. Password and token themselves come
  // from WAYBILL_PASSWORD and WAYBILL_TOKEN or the files: a flag would show in the list of
  // processes.
  void add_to(CLI::App& verb);
  // Throws UsageError when a file can't be read or an e-mail has no password.
  GatewayOptions options(std::size_t connections) const;
};

struct KafkaFlags {
  std::string brokers = "127.0.0.1:18092";

  // --kafka-brokers / WAYBILL_KAFKA_BROKERS.
  void add_to(CLI::App& verb);
};

}  // namespace waybill::tool
