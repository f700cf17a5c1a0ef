#include "services/gateway/wiring.hpp"

namespace waybill::gateway {
namespace {

Surroundings surroundings(runtime::Runtime& runtime, const Settings& settings) {
  settings.check();
  return {runtime.io(),    runtime.contract(), runtime.rabbit(),
          runtime.kafka(), runtime.cache(),    runtime.health()};
}

}  // namespace

GatewayService::GatewayService(runtime::Runtime& runtime, const Settings& settings)
    : drain_time_{runtime.settings().drain_time},
      gateway_{surroundings(runtime, settings), settings, runtime.settings().http_listen} {}

void GatewayService::start() {
  gateway_.start();
}

void GatewayService::stop() {
  gateway_.stop(drain_time_);
}

}  // namespace waybill::gateway
