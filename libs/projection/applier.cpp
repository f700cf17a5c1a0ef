#include "libs/projection/applier.hpp"

#include "libs/core/planted.hpp"
#include "libs/log/log.hpp"

namespace waybill::projection {
namespace {

// Of one projection, waiting ones included.
constexpr std::int64_t most_parked = 1'000;

}  // namespace

Applier::Applier(const Definition& definition, pg::Connection& connection, Patience patience)
    : definition_{definition},
      connection_{connection},
      patience_{std::move(patience)},
      offsets_{definition.name},
      parking_{definition.name} {}

std::vector<messaging::TopicPartition> Applier::load(
    const std::vector<messaging::TopicPartition>& assigned) {
  auto positions = offsets_.load(connection_, assigned);
  count_parked();
  return positions;
}

void Applier::look() {
  offsets_.check(connection_);
  if (parked_ > 0) count_parked();
}

void Applier::count_parked() {
  pg::Tx tx{connection_};
  parked_ = parking_.count(tx);
  tx.commit();
}

void Applier::apply(std::span<const messaging::Event> events) {
  try {
    apply_patiently(events);
  } catch (const pg::TransientError&) {
    throw;
  } catch (const MovedError&) {
    throw;
  } catch (const StoppedError&) {
    throw;
  } catch (const std::exception& error) {
    if (events.size() == 1) return park(events.front(), error.what());
    // Halves, down to the culprit: its neighbours are applied.
    apply(events.first(events.size() / 2));
    apply(events.subspan(events.size() / 2));
  }
}

template <class Work>
void Applier::patiently(Work work) {
  for (;;) {
    try {
      return work();
    } catch (const pg::TransientError& error) {
      if (!patience_(error)) throw;
    }
  }
}

void Applier::apply_patiently(std::span<const messaging::Event> events) {
  patiently([&] { apply_once(events); });
}

void Applier::move_offsets_ahead(std::span<const messaging::Event> events) {
  pg::Tx tx{connection_};
  const Advance advance = offsets_.advance(tx, events);
  tx.commit();
  offsets_.confirm(advance);
}

void Applier::apply_once(std::span<const messaging::Event> events) {
  if (planted(Bug::offset_outside_transaction)) move_offsets_ahead(events);
  pg::Tx tx{connection_};
  const Advance advance =
      planted(Bug::offset_outside_transaction) ? Advance{} : offsets_.advance(tx, events);
  std::int64_t parked = parked_;
  std::vector<messaging::Event> free;  // only where some have to wait
  if (parked_ > 0) {
    const std::set<TopicKey> blocked = parking_.blocked(tx, events);
    if (!blocked.empty()) {
      for (const messaging::Event& event : events) {
        if (!blocked.contains({event.topic, event.key})) {
          free.push_back(event);
          continue;
        }
        if (parked >= most_parked) throw StoppedError{event, "too many events are parked"};
        parking_.park(tx, event, std::nullopt);
        ++parked;
      }
      events = free;
    }
  }
  if (!events.empty()) definition_.apply(tx, events);
  tx.commit();
  offsets_.confirm(advance);
  parked_ = parked;
}

void Applier::park(const messaging::Event& event, const std::string& reason) {
  if (parked_ >= most_parked) throw StoppedError{event, reason};
  patiently([&] { park_once(event, reason); });
  log::error("projection.parked", {{"projection", definition_.name},
                                   {"topic", event.topic},
                                   {"partition", event.partition},
                                   {"offset", event.offset},
                                   {"reason", reason}});
}

void Applier::park_once(const messaging::Event& event, const std::string& reason) {
  pg::Tx tx{connection_};
  const Advance advance = offsets_.advance(tx, {&event, 1});
  parking_.park(tx, event, reason);
  tx.commit();
  offsets_.confirm(advance);
  ++parked_;
}

}  // namespace waybill::projection
