// Who does what by hand, and how fast.
#pragma once

#include <chrono>
#include <string>

#include "libs/pg/pg.hpp"

namespace waybill::tool {

// "ada@host": the person who calls the tool, as the system knows them.
std::string operator_name();

// Writes down in a service's database that somebody did something (operator_act). Committed when it
// returns. Throws pg::Error.
void note_act(const std::string& url, const std::string& act, const std::string& subject,
              const std::string& reason);

// At most so many per second, evenly.
class Pace {
 public:
  explicit Pace(double per_second) : per_second_{per_second} {}
  // Waits until the next `count` may go; false when the tool was interrupted meanwhile.
  bool wait(std::size_t count = 1);

 private:
  double per_second_;
  double gone_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace waybill::tool
