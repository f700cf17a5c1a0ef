// Live: the process runs. Ready: it can answer; the list names what is missing, without addresses.
// What it can do without for a while (a broker, Redis) makes it `degraded`, which is still ready: a
// balancer that took every gateway away because RabbitMQ restarts would turn slower writes into no
// reads.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace waybill::runtime {

struct CheckResult {
  std::string name;
  bool ok = false;
  std::string detail;  // for a person
  bool needed = true;  // not ok: not ready
};

// Thread-safe. Checks must be quick: they look at known state, they do not connect.
class Health {
 public:
  enum class State { ready, degraded, unready };

  // What the process can't do without.
  void add(std::string name, std::function<bool()> check);
  // What it does less without.
  void add_optional(std::string name, std::function<bool()> check);
  // Something that somebody should mend, in words; empty while all is well.
  void add_note(std::string name, std::function<std::string()> note);
  // While draining readiness says no, so that balancers look elsewhere.
  void set_draining();

  std::vector<CheckResult> run() const;
  State state() const;
  bool is_ready() const { return state() != State::unready; }
  // {"status": "ready"|"degraded"|"unready", "checks": [{name, ok, detail}]}
  std::string to_json() const;

 private:
  struct Check {
    std::string name;
    bool needed;
    std::function<std::string()> problem;
  };

  mutable std::mutex mutex_;
  std::vector<Check> checks_;
  bool draining_ = false;
};

}  // namespace waybill::runtime
