// What the service's settings say of tokens, keys and passwords.
#pragma once

#include <chrono>

#include "libs/auth/passwords.hpp"
#include "libs/auth/tokens.hpp"
#include "services/identity/domain/key_schedule.hpp"

namespace waybill::identity {

struct Policy {
  auth::TokenRules rules;
  std::chrono::milliseconds access_life = std::chrono::minutes{30};
  std::chrono::milliseconds refresh_life = std::chrono::hours{24 * 30};
  std::chrono::milliseconds key_rotation = std::chrono::hours{24 * 30};
  std::chrono::milliseconds key_lead = std::chrono::minutes{10};
  config::Secret key_secret;
  std::string telegram_bot = "waybill_bot";  // its name at Telegram, for links
  auth::PasswordCost password_cost;

  domain::KeyPlan keys() const { return {key_rotation, key_lead, access_life}; }
  // When the last access token that may be about at `at` is refused by everybody.
  Instant last_expiry(Instant at) const {
    return at + access_life + rules.tolerance + std::chrono::seconds{1};
  }
};

}  // namespace waybill::identity
