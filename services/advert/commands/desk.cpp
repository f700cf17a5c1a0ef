#include "services/advert/commands/desk.hpp"

namespace waybill::advert::commands {

std::shared_ptr<const moderation::Moderator> Desk::moderator(pg::Tx& tx, const store::Turn& turn) {
  if (!turn.moderation_enabled) return nullptr;
  const std::lock_guard lock{mutex_};
  // What this transaction itself has changed may be rolled back.
  if (turn.is_mine) {
    return std::make_shared<const moderation::Moderator>(store::list_blacklist(tx));
  }
  if (turn.moderation_version != moderation_version_) {
    moderator_ = std::make_shared<const moderation::Moderator>(store::list_blacklist(tx));
    moderation_version_ = turn.moderation_version;
  }
  return moderator_;
}

}  // namespace waybill::advert::commands
