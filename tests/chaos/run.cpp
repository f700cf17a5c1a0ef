#include "tests/chaos/run.hpp"

#include <thread>

#include "libs/testing/testing.hpp"
#include "tests/chaos/scene.hpp"

namespace waybill::chaos {
namespace {

// An order must get through within this time after a fault. (PostgreSQL's recovery and a broker's
// start are part of it where the process was killed.)
constexpr seconds kMostRecovery{60};
// A fault that follows so soon comes into the aftermath of the one before.
constexpr milliseconds kShort{500};

class Course {
 public:
  Course(const RunOptions& options, Scene& scene, Traffic& traffic, const std::vector<Fault>& plan)
      : options_{options}, scene_{scene}, traffic_{traffic}, plan_{plan} {}

  // How many faults were not recovered from.
  int run() {
    Breaker breaker{scene_.gates};
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      std::this_thread::sleep_for(plan_[i].calm);
      breaker.run(plan_[i]);
      const auto over = Traffic::Clock::now();
      const bool hurries = i + 1 < plan_.size() && plan_[i + 1].calm < kShort;
      say(fmt::format("{:3}/{} {}: {}; {} commands", i + 1, plan_.size(), to_string(plan_[i]),
                      hurries ? std::string{"the next follows at once"} : recovery(over),
                      traffic_.acknowledged()));
    }
    testing::eventually(std::chrono::hours{1},
                        [&] { return traffic_.acknowledged() >= options_.commands; });
    say(fmt::format("first order after a fault: {:.2f} s at most", longest_));
    return unrecovered_;
  }

 private:
  std::string recovery(Traffic::Clock::time_point over) {
    std::optional<Traffic::Clock::time_point> first;
    const auto is_back = [&] { return (first = traffic_.first_order_since(over)).has_value(); };
    if (!testing::eventually(kMostRecovery, is_back)) {
      ++unrecovered_;
      return "NO ORDER for a minute";
    }
    const std::chrono::duration<double> took = *first - over;
    longest_ = std::max(longest_, took.count());
    return fmt::format("first order after {:.2f} s", took.count());
  }

  const RunOptions& options_;
  Scene& scene_;
  Traffic& traffic_;
  const std::vector<Fault>& plan_;
  int unrecovered_ = 0;
  double longest_ = 0;
};

}  // namespace

bool run(const RunOptions& options) {
  say(fmt::format("seed {}, {} faults", options.seed, options.faults));
  const auto plan =
      make_plan(options.seed, options.faults, {links_of_instance(), services_of_instance()});
  if (options.only_plan) {
    for (const Fault& fault : plan) say(to_string(fault));
    return true;
  }
  Scene scene;
  TrafficOptions load;
  load.gateway = scene.gates.gateway();
  load.clients = options.clients;
  load.seed = options.seed;
  Traffic traffic{load};
  const int unrecovered = Course{options, scene, traffic, plan}.run();
  const bool clean = scene.judge(traffic);
  const bool good = clean && unrecovered == 0;
  say(fmt::format("seed {}, {} faults, {} commands: {}", options.seed, options.faults,
                  traffic.acknowledged(), good ? "nothing lost, nothing twice" : "FAILED"));
  return good;
}

}  // namespace waybill::chaos
