// Live: the process runs. Ready: every check says yes; the answer names what is missing, without
// addresses.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace waybill::runtime {

struct CheckResult {
  std::string name;
  bool ok = false;
  std::string detail;  // for a person: "not connected since 12 s"
};

// Thread-safe.
class Health {
 public:
  // `check` must be quick: it looks at known state, it does not connect.
  void add(std::string name, std::function<bool()> check);
  // While draining readiness says no, so that balancers look elsewhere.
  void set_draining();
  std::vector<CheckResult> run() const;
  bool is_ready() const;
  // {"status": "ready"|"unready", "checks": [{name, ok, detail}]}
  std::string to_json() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::function<bool()>>> checks_;
  bool draining_ = false;
};

}  // namespace waybill::runtime
