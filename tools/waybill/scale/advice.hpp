// How many processes a service should have, by what its queue or its topics bring.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace waybill::tool::scale {

// What Prometheus says; what it does not know is missing, which is not the same as 0. Rates are per
// second.
struct Load {
  std::string name;                   // of the queue, or of the consumer group
  std::optional<double> waiting;      // messages ready and in hand; events behind
  std::optional<double> growth;       // of `waiting`
  std::optional<double> handled;      // by all processes
  std::optional<double> rate_of_one;  // what one process does while it is busy
  int processes = 0;
  int ceiling = 0;  // more processes have nothing to do: partitions; 0: there is none
};

struct Aim {
  std::chrono::duration<double> drain{60};  // what waits should be gone by then
  double busy = 0.7;                        // share of its time that a process may work
  int most = 20;
};

struct Advice {
  std::optional<double> arrival;
  // Until nothing waits, with the processes that are there; unset: never, or not known.
  std::optional<std::chrono::duration<double>> drain;
  int wanted = 0;
  std::string why;  // a few words
};

// A missing figure keeps the processes that are there: a metric that is away says nothing of the
// load. One process less at a time: what a burst needed may be needed again.
Advice advise(const Load& load, const Aim& aim);

}  // namespace waybill::tool::scale
