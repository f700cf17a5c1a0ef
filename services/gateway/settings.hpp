// The gateway's own settings; those that every process has are in libs/runtime.
#pragma once

#include <map>
#include <string>

#include "libs/async/gate.hpp"
#include "libs/config/settings.hpp"
#include "libs/web/client.hpp"
#include "libs/web/server.hpp"
#include "services/gateway/edge/access_log.hpp"
#include "services/gateway/limits/limits.hpp"

namespace waybill::gateway {

struct Settings {
  // Read API of each service that the contract may name.
  std::map<std::string, std::string> upstreams{
      {"identity", "127.0.0.1:7101"}, {"product", "127.0.0.1:7102"}, {"order", "127.0.0.1:7103"},
      {"report", "127.0.0.1:7104"},   {"file", "127.0.0.1:7105"},    {"advert", "127.0.0.1:7106"},
      {"bot", "127.0.0.1:7107"}};
  std::string swagger;
  std::string console;
  std::string console_prometheus = "127.0.0.1:18090";
  std::string access_mode = "enforced";
  std::string advert_access = "open";
  std::string token_issuer = "waybill";
  std::string token_audience = "waybill-api";
  std::chrono::milliseconds token_life{30 * 60'000};
  std::string access_log = "all";
  std::chrono::milliseconds wait{5'000};
  std::chrono::milliseconds deadline{5'000};
  std::int64_t commands = 256;
  std::int64_t commands_waiting = 128;
  std::chrono::milliseconds commands_patience{500};
  std::int64_t reads = 64;
  std::int64_t reads_waiting = 256;
  std::chrono::milliseconds reads_patience{500};
  std::int64_t transfers = 128;
  std::vector<std::string> cors_origins;
  std::string tls_certificate;  // PEM file with the chain; empty: no TLS
  std::string tls_key;
  std::int64_t streams = 1'000;
  std::chrono::milliseconds heartbeat{15'000};
  std::int64_t header_bytes = 16 * 1024;
  std::int64_t body_bytes = 4 * 1024 * 1024;
  std::int64_t target_bytes = 8 * 1024;
  std::int64_t connections = 10'000;
  std::int64_t connections_per_address = 1'000;
  std::int64_t least_rate = 16 * 1024;
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{60'000};
  std::chrono::milliseconds write_time{30'000};
  std::map<std::string, std::string> limit_texts = Limits::defaults();
  std::vector<std::string> trusted_proxies;

  void declare(config::Settings& settings);

  void declare_limits(config::Settings& settings);

  // These throw SettingsError for values that mean nothing.
  AccessLogLevel access_log_level() const;
  bool is_open() const { return access_mode == "open"; }
  std::vector<std::string> open_groups() const;  // x-access-groups that are for everybody
  web::ServerLimits limits() const;
  async::Gate::Limits command_limits() const;  // per service
  web::ClientOptions read_limits() const;      // per service
  std::shared_ptr<const web::Tls> load_tls() const;
  void check() const;
};

}  // namespace waybill::gateway
