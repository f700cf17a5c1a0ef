// The gateway as a process: settings, brokers, cache and health come from the runtime.
#pragma once

#include "libs/contract/contract.hpp"
#include "libs/runtime/reload.hpp"
#include "libs/runtime/runtime.hpp"
#include "services/gateway/console/console.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/settings.hpp"

namespace waybill::gateway {

class GatewayService {
 public:
  using Settings = gateway::Settings;

  GatewayService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  boost::asio::io_context& io_;
  const std::chrono::milliseconds drain_time_;
  const contract::Contract contract_;
  cache::Limiter limiter_;
  Gateway gateway_;
  console::Console console_;
  runtime::Reload reload_;
};

}  // namespace waybill::gateway
