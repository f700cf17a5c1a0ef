#include "services/identity/domain/key_schedule.hpp"

namespace waybill::identity::domain {
namespace {

// Processes look at the keys now and then, and their clocks differ: one may sign with the old key
// for a moment longer.
constexpr std::chrono::minutes slack{1};

}  // namespace

std::optional<std::size_t> signing_key(std::span<const KeyTimes> keys, Instant now) {
  for (std::size_t i = keys.size(); i > 0; --i) {
    if (keys[i - 1].signs_from <= now) return i - 1;
  }
  return std::nullopt;
}

std::size_t count_outlived(std::span<const KeyTimes> keys, const KeyPlan& plan, Instant now) {
  std::size_t outlived = 0;
  while (outlived + 1 < keys.size() &&
         keys[outlived + 1].signs_from + plan.token_life + slack <= now) {
    ++outlived;
  }
  return outlived;
}

bool is_due(std::span<const KeyTimes> keys, const KeyPlan& plan, Instant now) {
  return keys.empty() || keys.back().signs_from + plan.rotation - plan.lead <= now;
}

KeyTimes next_key(std::span<const KeyTimes> keys, const KeyPlan& plan, Instant now) {
  return {now, keys.empty() ? now : now + plan.lead};
}

}  // namespace waybill::identity::domain
