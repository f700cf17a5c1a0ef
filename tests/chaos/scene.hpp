// What all chaos runs have: the gates, the services behind them, and the verdict at the end.
#pragma once

#include <string>

#include "libs/core/clock.hpp"
#include "tests/chaos/breaker.hpp"
#include "tests/chaos/gates.hpp"
#include "tests/chaos/traffic.hpp"

namespace waybill::chaos {

// "[ 12.3 s] …" on standard output.
void say(const std::string& what);

class Scene {
 public:
  // Starts the services of the instance behind the gates, `count` processes each of order and
  // product.
  explicit Scene(int count = 2);

  Gates gates;

  // Mends everything, ends the traffic and judges.
  bool judge(Traffic& traffic);
  // Has the audit look at all that happened since the scene began. False when anything differs, was
  // lost, done twice, or is stuck; says what.
  bool judge(const e2e::Book& book);

 private:
  const Instant began_ = now();
};

}  // namespace waybill::chaos
