// Which tokens are no good any more although they have not expired. Io thread only.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "libs/auth/tokens.hpp"
#include "libs/core/caller.hpp"
#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"

namespace waybill::gateway {

// What of a verified token is needed as long as it is used.
struct Pass {
  Caller caller;
  Id token;    // jti
  Id session;  // sid
  Instant issued_at;
  Instant expires_at;

  static Pass of(const auth::Claims& claims);
};

// As identity tells it: of one token, of one session, or of all tokens of a user that were issued
// before.
struct Revocation {
  Id user;
  std::optional<Id> session;
  std::optional<Id> token;
  Instant at;     // of a user: tokens that were issued later are good
  Instant until;  // no token of it is good for longer
};

class Revocations {
 public:
  explicit Revocations(std::size_t most = 200'000) : most_{most} {}

  void add(const Revocation& revocation, Instant now);
  bool cover(const Pass& pass) const;
  std::size_t size() const { return ends_.size() + users_.size(); }

 private:
  struct UserEnd {
    Instant at;
    Instant until;
  };

  void forget_old(Instant now);

  const std::size_t most_;
  std::unordered_map<Id, Instant> ends_;  // token or session → until
  std::unordered_map<Id, UserEnd> users_;
  // More than can be remembered: whoever has an older token signs in again.
  Instant floor_{};
  Instant forgot_at_{};
};

}  // namespace waybill::gateway
