// What the handlers of one process share.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "libs/core/caller.hpp"
#include "libs/pg/pg.hpp"
#include "services/advert/choice/mirror.hpp"
#include "services/advert/moderation/moderator.hpp"
#include "services/advert/store/people.hpp"

namespace waybill::advert::commands {

// How ads are chosen; may change while the process runs.
struct ChoiceRules {
  domain::Weights weights;
  bool pacing = false;
  double pacing_share = 0.5;
};

// The rules in force. Any thread.
class RulesInForce {
 public:
  explicit RulesInForce(ChoiceRules rules) { set(std::move(rules)); }
  std::shared_ptr<const ChoiceRules> get() const {
    const std::lock_guard lock{mutex_};
    return rules_;
  }
  void set(ChoiceRules rules) {
    auto next = std::make_shared<const ChoiceRules>(std::move(rules));
    const std::lock_guard lock{mutex_};
    rules_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ChoiceRules> rules_;
};

// May this caller act for the advertiser? Everybody where access is open. Who may not is told what
// he would be told of an unknown one.
inline bool may_act_for(const Caller& caller, const std::optional<Id>& owner, bool enforced) {
  return !enforced || caller.is_staff() || (owner && caller.user == owner);
}

class Desk {
 public:
  Desk(const RulesInForce& in_force, bool by_ownership) : rules{in_force}, enforced{by_ownership} {}

  // The list in force; nothing while moderation is off. By a thread that holds the turn.
  std::shared_ptr<const moderation::Moderator> moderator(pg::Tx& tx, const store::Turn& turn);

  const RulesInForce& rules;
  const bool enforced;  // access by ownership
  choice::Mirror mirror;

 private:
  std::mutex mutex_;
  std::int64_t moderation_version_ = -1;
  std::shared_ptr<const moderation::Moderator> moderator_;
};

}  // namespace waybill::advert::commands
