#include "tools/waybill/scale/advice.hpp"

#include <algorithm>
#include <cmath>

namespace waybill::tool::scale {
namespace {

// Less than this is noise of the rates.
constexpr double kNothing = 0.5;

Advice hold(const Load& load, std::string why) {
  Advice advice;
  advice.wanted = load.processes;
  advice.why = std::move(why);
  return advice;
}

}  // namespace

Advice advise(const Load& load, const Aim& aim) {
  if (!load.waiting || !load.growth || !load.handled)
    return hold(load, "figures are missing: hold");
  const double arrival = std::max(0.0, *load.handled + *load.growth);
  const bool is_idle = *load.waiting < kNothing && arrival < kNothing;
  if (!load.rate_of_one && !is_idle) return hold(load, "nothing was handled lately: hold");

  Advice advice;
  advice.arrival = arrival;
  int wanted = 1;
  if (load.rate_of_one && *load.rate_of_one > 0) {
    const double spare = *load.rate_of_one * std::max(load.processes, 1) - arrival;
    if (spare > 0) advice.drain = std::chrono::duration<double>{*load.waiting / spare};
    const double needed = arrival / (*load.rate_of_one * aim.busy) +
                          *load.waiting / aim.drain.count() / *load.rate_of_one;
    wanted = static_cast<int>(std::ceil(std::min(needed, 1e6)));
  }
  const int most = load.ceiling > 0 ? std::min(aim.most, load.ceiling) : aim.most;
  advice.wanted = std::clamp(wanted, 1, most);
  if (wanted > most) {
    advice.why =
        load.ceiling > 0 && most == load.ceiling ? "no more than partitions" : "at the limit";
  } else if (advice.wanted < load.processes) {
    advice.wanted = std::max(advice.wanted, load.processes - 1);
    advice.why = "less would do";
  } else {
    advice.why = advice.wanted > load.processes ? "more comes than they do" : "as it is";
  }
  return advice;
}

}  // namespace waybill::tool::scale
