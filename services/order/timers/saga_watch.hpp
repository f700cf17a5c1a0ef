// How many orders wait for their decision, and for how long the oldest does: saga_open and
// saga_oldest_seconds.
#pragma once

#include "libs/metrics/metrics.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::order::timers {

class SagaWatch {
 public:
  // Never asks to be called again at once.
  bool look(pg::Connection& connection);

 private:
  metrics::Gauge& open_ =
      metrics::gauge("saga_open", "Orders that wait for a decision.", {{"saga", "place-order"}});
  metrics::Gauge& oldest_ = metrics::gauge(
      "saga_oldest_seconds", "How long the oldest of them has waited.", {{"saga", "place-order"}});
};

}  // namespace waybill::order::timers
