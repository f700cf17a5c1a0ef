#include "services/gateway/tokens/token_cache.hpp"

#include "libs/auth/secrets.hpp"

namespace waybill::gateway {

std::optional<Pass> TokenCache::find(std::string_view token, Instant now) {
  const auto found = by_hash_.find(auth::sha256(token));
  if (found == by_hash_.end()) return std::nullopt;
  const auto entry = found->second;
  if (entry->pass.expires_at <= now) {
    erase(entry);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->pass;
}

void TokenCache::add(std::string_view token, const Pass& pass) {
  std::string hash = auth::sha256(token);
  if (by_hash_.contains(hash)) return;
  if (entries_.size() >= most_) erase(std::prev(entries_.end()));
  entries_.push_front({hash, pass});
  by_hash_.emplace(std::move(hash), entries_.begin());
}

void TokenCache::drop(std::string_view token) {
  const auto found = by_hash_.find(auth::sha256(token));
  if (found != by_hash_.end()) erase(found->second);
}

void TokenCache::erase(Entries::iterator entry) {
  by_hash_.erase(entry->hash);
  entries_.erase(entry);
}

}  // namespace waybill::gateway
