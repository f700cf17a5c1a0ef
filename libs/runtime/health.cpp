#include "libs/runtime/health.hpp"

#include <boost/json.hpp>

namespace waybill::runtime {
namespace {

std::function<std::string()> in_words(std::function<bool()> check) {
  return [check = std::move(check)] { return check() ? std::string{} : "not reachable"; };
}

Health::State state_of(const std::vector<CheckResult>& results) {
  auto state = Health::State::ready;
  for (const CheckResult& result : results) {
    if (result.ok) continue;
    if (result.needed) return Health::State::unready;
    state = Health::State::degraded;
  }
  return state;
}

std::string_view name_of(Health::State state) {
  switch (state) {
    case Health::State::ready:
      return "ready";
    case Health::State::degraded:
      return "degraded";
    case Health::State::unready:
      return "unready";
  }
  return "unready";
}

}  // namespace

void Health::add(std::string name, std::function<bool()> check) {
  const std::lock_guard lock{mutex_};
  checks_.push_back({std::move(name), true, in_words(std::move(check))});
}

void Health::add_optional(std::string name, std::function<bool()> check) {
  const std::lock_guard lock{mutex_};
  checks_.push_back({std::move(name), false, in_words(std::move(check))});
}

void Health::add_note(std::string name, std::function<std::string()> note) {
  const std::lock_guard lock{mutex_};
  checks_.push_back({std::move(name), false, std::move(note)});
}

void Health::set_draining() {
  const std::lock_guard lock{mutex_};
  draining_ = true;
}

std::vector<CheckResult> Health::run() const {
  const std::lock_guard lock{mutex_};
  std::vector<CheckResult> results;
  for (const Check& check : checks_) {
    std::string problem = check.problem();
    const bool ok = problem.empty();
    results.push_back({check.name, ok, ok ? "ok" : std::move(problem), check.needed});
  }
  if (draining_) results.push_back({"drain", false, "this process is going down", true});
  return results;
}

Health::State Health::state() const {
  return state_of(run());
}

std::string Health::to_json() const {
  const auto results = run();
  boost::json::array checks;
  for (const CheckResult& result : results) {
    checks.push_back({{"name", result.name}, {"ok", result.ok}, {"detail", result.detail}});
  }
  return boost::json::serialize(
      boost::json::object{{"status", name_of(state_of(results))}, {"checks", std::move(checks)}});
}

}  // namespace waybill::runtime
