// Tokens that were verified: the signature costs more than all the rest of a small request.
// Bounded: the tokens that were used longest ago are forgotten first. Keeps hashes, not tokens. Io
// thread only.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "services/gateway/tokens/revocations.hpp"

namespace waybill::gateway {

class TokenCache {
 public:
  explicit TokenCache(std::size_t most = 20'000) : most_{most} {}

  // nullopt: not known, or no longer kept at `now`.
  std::optional<Pass> find(std::string_view token, Instant now);
  void add(std::string_view token, const Pass& pass);
  void drop(std::string_view token);
  std::size_t size() const { return by_hash_.size(); }

 private:
  struct Entry {
    std::string hash;
    Pass pass;
  };
  using Entries = std::list<Entry>;

  void erase(Entries::iterator entry);

  const std::size_t most_;
  Entries entries_;  // the one that was used last in front
  std::unordered_map<std::string, Entries::iterator> by_hash_;
};

}  // namespace waybill::gateway
