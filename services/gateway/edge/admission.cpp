#include "services/gateway/edge/admission.hpp"

namespace waybill::gateway {

Admission::Entrance::Entrance(boost::asio::io_context& io, async::Gate::Limits limits,
                              const std::string& service)
    : gate{io, limits},
      refused{metrics::counter("gateway_commands_refused_total",
                               "Commands refused early, because too many were under way.",
                               {{"service", service}})},
      waited{metrics::histogram("gateway_admission_seconds",
                                "Time that commands stood in line before they got in.",
                                {{"service", service}})},
      waiting{metrics::gauge("gateway_commands_waiting",
                             "Commands in line, because too many are under way.",
                             {{"service", service}})} {}

Admission::Admission(boost::asio::io_context& io, async::Gate::Limits limits)
    : io_{io}, limits_{limits} {}

Admission::Entrance& Admission::entrance(const contract::Operation& operation) {
  const std::string& service = operation.command->queue;
  auto& entry = entrances_[service];
  if (!entry) entry = std::make_unique<Entrance>(io_, limits_, service);
  return *entry;
}

bool Admission::is_full(const contract::Operation& operation) const {
  const auto found = entrances_.find(operation.command->queue);
  return found != entrances_.end() && found->second->gate.is_full();
}

web::awaitable<async::Gate::Pass> Admission::enter(const contract::Operation& operation,
                                                   std::chrono::steady_clock::time_point deadline) {
  Entrance& at = entrance(operation);
  const auto start = std::chrono::steady_clock::now();
  const bool in_line = !at.gate.has_room();
  if (in_line) at.waiting.add(1);
  async::Gate::Pass pass = co_await at.gate.enter(deadline);
  if (in_line) at.waiting.add(-1);
  if (pass) at.waited.observe(std::chrono::steady_clock::now() - start);
  co_return pass;
}

Fault Admission::refuse(const contract::Operation& operation) {
  entrance(operation).refused.add();
  return unavailable("Too much is going on at the moment; nothing was accepted.");
}

void Admission::set_limits(async::Gate::Limits limits) {
  limits_ = limits;
  for (auto& [service, entry] : entrances_) entry->gate.set_limits(limits);
}

}  // namespace waybill::gateway
