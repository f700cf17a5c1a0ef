#include "tools/waybill/servers.hpp"

#include <cctype>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"

extern char** environ;

namespace waybill::tool {
namespace {

constexpr std::string_view kOwner = "WAYBILL_DATABASE_";
constexpr std::string_view kReader = "WAYBILL_AUDIT_DATABASE_";

// ORDER_HISTORY → order-history
std::string service_name(std::string_view suffix) {
  std::string name{suffix};
  for (char& c : name) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

bool is_name(const std::string& name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

void read(std::string_view prefix, std::map<std::string, std::string>& databases) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const std::size_t equals = text.find('=');
    if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
    const std::string name = service_name(text.substr(prefix.size(), equals - prefix.size()));
    const std::string_view url = text.substr(equals + 1);
    if (!url.empty() && is_name(name)) databases[name] = url;
  }
}

}  // namespace

std::map<std::string, std::string> databases_to_write() {
  std::map<std::string, std::string> databases;
  read(kOwner, databases);
  return databases;
}

std::map<std::string, std::string> databases_to_read() {
  std::map<std::string, std::string> databases = databases_to_write();
  read(kReader, databases);
  return databases;
}

std::string database_of(const std::map<std::string, std::string>& databases,
                        const std::string& service) {
  const auto found = databases.find(service);
  if (found != databases.end()) return found->second;
  throw UsageError{
      fmt::format("the database of service '{}' is not known: set WAYBILL_DATABASE_{} "
                  "(eval \"$(deploy/local/env.sh dev)\" sets those of all services)",
                  service, service)};
}

void RabbitFlags::add_to(CLI::App& verb) {
  // As a hidden option: CLI11 reads the environment for options only.
  verb.add_option("--rabbit-url", url)->envname("WAYBILL_RABBIT_URL")->group("");
}

std::unique_ptr<messaging::RabbitBroker> RabbitFlags::connect() const {
  if (url.empty()) {
    throw UsageError{
        "RabbitMQ's address is not known: set WAYBILL_RABBIT_URL "
        "(eval \"$(deploy/local/env.sh dev)\")"};
  }
  return messaging::make_rabbit({.url = url});
}

}  // namespace waybill::tool
