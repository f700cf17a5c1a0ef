#include "libs/runtime/health.hpp"

#include <boost/json.hpp>

namespace waybill::runtime {

void Health::add(std::string name, std::function<bool()> check) {
  const std::lock_guard lock{mutex_};
  checks_.emplace_back(std::move(name), std::move(check));
}

void Health::set_draining() {
  const std::lock_guard lock{mutex_};
  draining_ = true;
}

std::vector<CheckResult> Health::run() const {
  const std::lock_guard lock{mutex_};
  std::vector<CheckResult> results;
  for (const auto& [name, check] : checks_) {
    const bool ok = check();
    results.push_back({name, ok, ok ? "ok" : "not reachable"});
  }
  if (draining_) results.push_back({"drain", false, "this process is going down"});
  return results;
}

bool Health::is_ready() const {
  const auto results = run();
  return std::all_of(results.begin(), results.end(), [](const CheckResult& r) { return r.ok; });
}

std::string Health::to_json() const {
  boost::json::array checks;
  bool ready = true;
  for (const CheckResult& result : run()) {
    ready = ready && result.ok;
    checks.push_back({{"name", result.name}, {"ok", result.ok}, {"detail", result.detail}});
  }
  return boost::json::serialize(
      boost::json::object{{"status", ready ? "ready" : "unready"}, {"checks", std::move(checks)}});
}

}  // namespace waybill::runtime
