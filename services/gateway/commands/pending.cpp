#include "services/gateway/commands/pending.hpp"

#include "libs/log/log.hpp"

namespace waybill::gateway {
namespace {

// How long and how many commands that nobody waits for any more are remembered. In this time
// another body under the same key is refused here: the outcome that is still to come could not be
// told from its own.
constexpr std::chrono::minutes kMemory{10};
constexpr std::size_t kMostAbandoned = 100'000;

}  // namespace

Pending::Pending(boost::asio::io_context& io)
    : io_{io},
      gauge_{metrics::gauge("gateway_pending_commands", "Commands whose outcome is to come.")} {}

Pending::Entry Pending::join(const Id& command, const std::string& fingerprint, bool keyed) {
  forget_old();
  const auto found = flights_.find(command);
  if (keyed && found != flights_.end()) {
    const auto& flight = found->second;
    if (flight->fingerprint != fingerprint) return {};
    if (flight->waiting > 0 && !flight->outcome) {
      ++flight->waiting;
      return {flight, false};
    }
    // Nobody has waited for it any more: its outcome may have been lost on the way here, so it is
    // asked for again. The service knows that it has been done.
  }
  auto flight = std::make_shared<Flight>(io_, fingerprint);
  flight->waiting = 1;
  if (found != flights_.end()) flight->expected += found->second->expected;
  flights_[command] = flight;
  gauge_.set(static_cast<double>(flights_.size()));
  return {flight, true};
}

void Pending::leave(const Id& command, const std::shared_ptr<Flight>& flight, bool keyed) {
  if (--flight->waiting > 0 || flight->outcome) return;
  if (!keyed) return erase(command, flight);
  remember(command, flight);
}

void Pending::remember(const Id& command, const std::shared_ptr<Flight>& flight) {
  abandoned_.push_back({std::chrono::steady_clock::now(), command, flight});
  forget_old();
}

void Pending::published(const Id& command, const std::shared_ptr<Flight>& flight,
                        messaging::Publish result) {
  flight->publish = result;
  flight->published.set();
  if (result == messaging::Publish::confirmed || flight->outcome) return;
  // `failed` means unknown: its outcome may come.
  if (result != messaging::Publish::failed && --flight->expected == 0) erase(command, flight);
  flight->done.set();
}

void Pending::resolve(common::v1::Outcome outcome) {
  const auto id = Id::parse(outcome.command_id());
  const auto found = id ? flights_.find(*id) : flights_.end();
  if (found == flights_.end()) return;  // nobody waits for it any more
  const std::shared_ptr<Flight> flight = found->second;
  if (--flight->expected == 0) {
    erase(*id, flight);
  } else if (!flight->outcome) {
    remember(*id, flight);
  }
  if (flight->outcome) return;
  flight->outcome = std::make_shared<const common::v1::Outcome>(std::move(outcome));
  flight->published.set();
  flight->done.set();
}

void Pending::erase(const Id& command, const std::shared_ptr<Flight>& flight) {
  const auto found = flights_.find(command);
  if (found == flights_.end() || found->second != flight) return;
  flights_.erase(found);
  gauge_.set(static_cast<double>(flights_.size()));
}

void Pending::forget_old() {
  const auto oldest = std::chrono::steady_clock::now() - kMemory;
  while (!abandoned_.empty() &&
         (abandoned_.front().at < oldest || abandoned_.size() > kMostAbandoned)) {
    const Abandoned entry = abandoned_.front();
    abandoned_.pop_front();
    const auto flight = entry.flight.lock();
    if (flight && flight->waiting == 0) erase(entry.command, flight);
  }
}

}  // namespace waybill::gateway
