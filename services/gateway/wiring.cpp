#include "services/gateway/wiring.hpp"

#include "libs/runtime/io_call.hpp"

namespace waybill::gateway {
namespace {

cache::Limiter::Options limiter_options(const runtime::Runtime& runtime) {
  cache::Limiter::Options options;
  options.url = runtime.settings().redis_url;
  return options;
}

contract::Contract load_contract(const runtime::Runtime& runtime, const Settings& settings) {
  settings.check();
  return contract::Contract::load_folder(runtime.settings().contracts, settings.open_groups());
}

Surroundings surroundings(runtime::Runtime& runtime, const contract::Contract& contract,
                          cache::Limiter& limiter) {
  return {runtime.io(),    contract, runtime.rabbit(), runtime.kafka(),
          runtime.cache(), limiter,  runtime.health()};
}

std::string own_address(std::uint16_t port) {
  return fmt::format("127.0.0.1:{}", port);
}

// What the gateway takes while it runs. Loading happens on the thread that has noticed the change;
// what is fine goes to the io thread.
std::vector<runtime::Reload::Part> reload_parts(runtime::Runtime& runtime, const Settings& settings,
                                                Gateway& gateway) {
  boost::asio::io_context& io = runtime.io();
  const std::string contracts = runtime.settings().contracts;
  const auto contract = [&io, &gateway, contracts, open = settings.open_groups()] {
    const auto rules = gateway.make_rules(contract::Contract::load_folder(contracts, open));
    runtime::call_on(io, [&] { gateway.set_rules(rules); });
  };
  const auto limits = [&io, &gateway, &runtime] {
    Settings next;
    runtime.read_settings_again(next);
    Gateway::check(next);
    runtime::call_on(io, [&] { gateway.set(next); });
  };
  const auto certificate = [&io, &gateway, settings] {
    const auto tls = settings.load_tls();
    runtime::call_on(io, [&] { gateway.set_tls(tls); });
  };
  std::vector<runtime::Reload::Part> parts{{"contract", {contracts}, contract}};
  const std::string file = runtime.settings_file();
  if (!file.empty()) parts.push_back({"settings", {file}, limits});
  if (!settings.tls_certificate.empty()) {
    parts.push_back({"certificate", {settings.tls_certificate, settings.tls_key}, certificate});
  }
  return parts;
}

}  // namespace

GatewayService::GatewayService(runtime::Runtime& runtime, const Settings& settings)
    : io_{runtime.io()},
      drain_time_{runtime.settings().drain_time},
      contract_{load_contract(runtime, settings)},
      limiter_{runtime.io(), limiter_options(runtime)},
      gateway_{surroundings(runtime, contract_, limiter_), settings,
               runtime.settings().http_listen},
      console_{runtime.io(),
               {settings.console, settings.console_prometheus, own_address(gateway_.port())}},
      reload_{reload_parts(runtime, settings, gateway_), runtime.health()} {
  if (!settings.console.empty()) runtime.add_to_ops_port(console_);
}

void GatewayService::start() {
  gateway_.start();
  reload_.start();
}

void GatewayService::stop() {
  reload_.stop();
  gateway_.stop(drain_time_);
  runtime::call_on(io_, [this] { limiter_.close(); });
}

}  // namespace waybill::gateway
