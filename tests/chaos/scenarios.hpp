// Runs that measure one thing each.
#pragma once

#include <chrono>

namespace waybill::chaos {

// Each server is stopped and started `rounds` times: from when it takes connections again to the
// first order (for Kafka: the first event). True: 5 s at most each time, and a clean audit.
bool measure_recovery(int rounds);

// Every service is restarted process after process, `rounds` times, under clients that try nothing
// again. True: no request failed.
bool measure_rolling_restarts(int rounds);

// The clock of one of two processes of a service jumps forward and back. True: orders go on, and
// the audit is clean.
bool measure_clock_jumps();

// Each process of a service stands still for a minute (SIGSTOP), one after the other; one of them
// holds the relay's lock. True: orders and events go on meanwhile, and the audit is clean.
bool measure_zombies();

struct KafkaAway {
  std::chrono::seconds away{600};
  double per_second = 20;  // orders
};
// True: no command failed meanwhile, and afterwards the outboxes drained in order.
bool measure_kafka_away(const KafkaAway& options);

}  // namespace waybill::chaos
