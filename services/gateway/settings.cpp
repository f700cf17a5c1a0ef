#include "services/gateway/settings.hpp"

namespace waybill::gateway {
namespace {

std::size_t positive(std::int64_t value, const char* name) {
  if (value > 0) return static_cast<std::size_t>(value);
  throw config::SettingsError(fmt::format("{} must be above 0", name));
}

}  // namespace

void Settings::declare(config::Settings& settings) {
  for (auto& [service, address] : upstreams) {
    settings.add("upstream." + service, address, "host:port of the read API of " + service);
  }
  settings.add("console.folder", console,
               "folder with the console's page, shown at /console of the ops port; empty: none");
  settings.add("console.prometheus", console_prometheus,
               "host:port of the Prometheus that the console asks");
  settings.add("gateway.swagger", swagger, "folder with the files of Swagger UI, for /docs");
  settings.add("access.mode", access_mode,
               "enforced: callers are who their tokens say; open, for trials: every caller without "
               "a token counts as ops, named by the header Waybill-User");
  settings.add("advert.access", advert_access,
               "open: advertising is for everybody; enforced: its operations ask for the callers "
               "that the contract names");
  settings.add("auth.issuer", token_issuer,
               "`iss` of tokens that are accepted, as identity has it");
  settings.add("auth.audience", token_audience, "`aud` of tokens that are accepted");
  settings.add("auth.access-ttl", token_life, "life of a token at most, as identity has it");
  settings.add("gateway.access-log", access_log, "a line per request: all, errors (400 up) or off");
  settings.add("gateway.wait", wait, "how long a write waits for its outcome without Prefer: wait");
  settings.add("gateway.deadline", deadline,
               "time for a read to be answered and for a command to be with its broker");
  settings.add("gateway.commands", commands, "commands under way for a service, at most");
  settings.add("gateway.commands-waiting", commands_waiting,
               "commands for a service that wait until one of them is done, at most");
  settings.add("gateway.commands-patience", commands_patience, "longest wait of such a command");
  settings.add("gateway.reads", reads, "reads under way at a service, at most");
  settings.add("gateway.reads-waiting", reads_waiting,
               "reads that wait until one of them is done, at most");
  settings.add("gateway.transfers", transfers, "uploads and downloads at a service, at most");
  settings.add("gateway.reads-patience", reads_patience, "longest wait of such a read");
  settings.add(
      "gateway.cors-origins", cors_origins,
      "origins whose pages may use the API in a browser, comma separated; none by default");
  settings.add("gateway.tls-certificate", tls_certificate,
               "PEM file with certificate and chain; with it the gateway speaks TLS only");
  settings.add("gateway.tls-key", tls_key, "PEM file with the certificate's key");
  settings.add("gateway.streams", streams, "open streams of server-sent events, at most");
  settings.add("gateway.heartbeat", heartbeat, "longest silence of a stream of events");
  settings.add("gateway.header-bytes", header_bytes, "size of a request's header, at most");
  settings.add("gateway.body-bytes", body_bytes, "size of a request's body, at most");
  settings.add("gateway.target-bytes", target_bytes, "size of a request's URL, at most");
  settings.add("gateway.connections", connections, "open client connections, at most");
  settings.add("gateway.connections-per-address", connections_per_address,
               "those from one address or IPv6 /64, at most; 0: no limit (behind a proxy)");
  settings.add("gateway.least-rate", least_rate,
               "bytes per second at which a body has to arrive and an answer to be taken");
  settings.add("gateway.header-time", header_time, "time for a request's header to arrive");
  settings.add("gateway.body-time", body_time, "time for a request's body to arrive");
  settings.add("gateway.idle-time", idle_time, "how long a connection may wait between requests");
  settings.add("gateway.write-time", write_time, "time for a client to take an answer");
  declare_limits(settings);
}

void Settings::declare_limits(config::Settings& settings) {
  for (auto& [name, text] : limit_texts) {
    const std::string whose = name == "staff" ? "all calls of staff and ops, instead of the others"
                                              : "calls of routes with x-limit " + name;
    settings.add("limit." + name, text, "N/SECONDS per caller and route, or off: " + whose);
  }
  settings.add("gateway.trusted-proxies", trusted_proxies,
               "networks whose X-Forwarded-For and Forwarded are believed, as CIDR");
}

AccessLogLevel Settings::access_log_level() const {
  if (access_log == "all") return AccessLogLevel::all;
  if (access_log == "errors") return AccessLogLevel::errors;
  if (access_log == "off") return AccessLogLevel::off;
  throw config::SettingsError("gateway.access-log '" + access_log +
                              "' is none of all, errors, off");
}

web::ServerLimits Settings::limits() const {
  web::ServerLimits limits;
  limits.header_bytes = positive(header_bytes, "gateway.header-bytes");
  limits.body_bytes = positive(body_bytes, "gateway.body-bytes");
  limits.target_bytes = positive(target_bytes, "gateway.target-bytes");
  limits.connections = positive(connections, "gateway.connections");
  limits.connections_per_address =
      static_cast<std::size_t>(std::max<std::int64_t>(connections_per_address, 0));
  limits.least_rate = positive(least_rate, "gateway.least-rate");
  limits.header_time = header_time;
  limits.body_time = body_time;
  limits.idle_time = idle_time;
  limits.write_time = write_time;
  return limits;
}

async::Gate::Limits Settings::command_limits() const {
  return {positive(commands, "gateway.commands"),
          positive(commands_waiting, "gateway.commands-waiting"), commands_patience};
}

web::ClientOptions Settings::read_limits() const {
  web::ClientOptions options;
  options.connections = positive(reads, "gateway.reads");
  options.waiting = positive(reads_waiting, "gateway.reads-waiting");
  options.line_time = reads_patience;
  return options;
}

std::shared_ptr<const web::Tls> Settings::load_tls() const {
  try {
    return web::Tls::load(tls_certificate, tls_key);
  } catch (const std::runtime_error& error) {
    throw config::SettingsError(error.what());
  }
}

std::vector<std::string> Settings::open_groups() const {
  if (advert_access == "open") return {"advert"};
  return {};
}

void Settings::check() const {
  if (tls_certificate.empty() != tls_key.empty()) {
    throw config::SettingsError("gateway.tls-certificate and gateway.tls-key go together");
  }
  if (access_mode != "open" && access_mode != "enforced") {
    throw config::SettingsError("access.mode '" + access_mode + "' is neither enforced nor open");
  }
  if (advert_access != "open" && advert_access != "enforced") {
    throw config::SettingsError("advert.access '" + advert_access +
                                "' is neither enforced nor open");
  }
  positive(streams, "gateway.streams");
  access_log_level();
  limits();
  command_limits();
  read_limits();
  positive(transfers, "gateway.transfers");
}

}  // namespace waybill::gateway
