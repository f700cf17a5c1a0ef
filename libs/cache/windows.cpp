#include "libs/cache/windows.hpp"

#include <algorithm>

namespace waybill::cache {
namespace {

Verdict verdict_of(const std::vector<Windows::Time>& calls, const Limit& limit, Windows::Time now) {
  const auto used = static_cast<std::int64_t>(calls.size());
  if (used == 0) return {true, limit.calls, std::chrono::microseconds{0}};
  // More than `calls` can be under way when the limit has just been lowered.
  const std::int64_t frees = std::max<std::int64_t>(used - limit.calls, 0);
  const auto at = calls[static_cast<std::size_t>(frees)] + limit.window;
  return {used < limit.calls, std::max<std::int64_t>(limit.calls - used, 0),
          std::chrono::ceil<std::chrono::microseconds>(at - now)};
}

}  // namespace

Windows::Window* Windows::find(const std::string& key, const Limit& limit, Time now) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  windows_.splice(windows_.begin(), windows_, found->second);
  auto& calls = found->second->calls;
  const auto live = std::find_if(calls.begin(), calls.end(),
                                 [&](Time call) { return call > now - limit.window; });
  size_ -= static_cast<std::size_t>(live - calls.begin());
  calls.erase(calls.begin(), live);
  return &*found->second;
}

Verdict Windows::look(const std::string& key, const Limit& limit, Time now) {
  const Window* window = find(key, limit, now);
  return verdict_of(window ? window->calls : std::vector<Time>{}, limit, now);
}

Verdict Windows::admit(const std::string& key, const Limit& limit, Time now) {
  const Verdict before = look(key, limit, now);
  if (!before.admitted) return before;
  count(key, limit, now);
  Verdict after = look(key, limit, now);
  after.admitted = true;
  return after;
}

void Windows::count(const std::string& key, const Limit& limit, Time now) {
  Window* window = find(key, limit, now);
  if (!window) {
    windows_.push_front({key, {}, now});
    by_key_.emplace(key, windows_.begin());
    window = &windows_.front();
    size_ += kKeyCost;
  }
  window->calls.push_back(now);
  window->ends = now + limit.window;
  ++size_;
  forget_old(now);
}

void Windows::forget_old(Time now) {
  while (windows_.size() > 1 && (size_ > most_ || windows_.back().ends <= now)) {
    forget(std::prev(windows_.end()));
  }
}

void Windows::forget(List::iterator window) {
  size_ -= window->calls.size() + kKeyCost;
  by_key_.erase(window->key);
  windows_.erase(window);
}

}  // namespace waybill::cache
