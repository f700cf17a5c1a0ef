#include "services/order/timers/saga_watch.hpp"

#include "services/order/store/timers.hpp"

namespace waybill::order::timers {

bool SagaWatch::look(pg::Connection& connection) {
  const store::Undecided undecided = store::count_undecided(connection);
  open_.set(static_cast<double>(undecided.orders));
  const auto waited = undecided.oldest ? now() - *undecided.oldest : Instant::duration{};
  oldest_.set(std::max(0.0, std::chrono::duration<double>(waited).count()));
  return false;
}

}  // namespace waybill::order::timers
