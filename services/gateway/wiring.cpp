#include "services/gateway/wiring.hpp"

#include "libs/runtime/io_call.hpp"

namespace waybill::gateway {
namespace {

cache::Limiter::Options limiter_options(const runtime::Runtime& runtime) {
  cache::Limiter::Options options;
  options.url = runtime.settings().redis_url;
  return options;
}

Surroundings surroundings(runtime::Runtime& runtime, cache::Limiter& limiter,
                          const Settings& settings) {
  settings.check();
  return {runtime.io(), runtime.contract(), runtime.rabbit(), runtime.kafka(), runtime.cache(),
          limiter,      runtime.health()};
}

}  // namespace

GatewayService::GatewayService(runtime::Runtime& runtime, const Settings& settings)
    : io_{runtime.io()},
      drain_time_{runtime.settings().drain_time},
      limiter_{runtime.io(), limiter_options(runtime)},
      gateway_{surroundings(runtime, limiter_, settings), settings,
               runtime.settings().http_listen} {}

void GatewayService::start() {
  gateway_.start();
}

void GatewayService::stop() {
  gateway_.stop(drain_time_);
  runtime::call_on(io_, [this] { limiter_.close(); });
}

}  // namespace waybill::gateway
