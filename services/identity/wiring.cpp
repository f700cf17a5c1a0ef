#include "services/identity/wiring.hpp"

#include "services/identity/commands/commands.hpp"
#include "services/identity/domain/telegram.hpp"
#include "services/identity/queries/queries.hpp"
#include "services/identity/store/telegram.hpp"

namespace waybill::identity {
namespace {

constexpr milliseconds keeper_interval{1'000};
constexpr std::int64_t cleaning_batch = 1'000;
constexpr std::size_t fewest_secret_bytes = 16;

// Throws config::SettingsError.
IdentityService::Settings checked(const IdentityService::Settings& settings) {
  const Policy& policy = settings.policy;
  if (policy.key_secret.reveal().size() < fewest_secret_bytes) {
    throw config::SettingsError{
        "identity.key-secret is not set or shorter than 16 characters: put a random text into "
        "WAYBILL_IDENTITY_KEY_SECRET, and keep it"};
  }
  if (policy.key_rotation <= policy.key_lead) {
    throw config::SettingsError{"identity.key-rotation must be longer than identity.key-lead"};
  }
  if (settings.hash_threads < 1 || settings.hash_queue < 1) {
    throw config::SettingsError{"identity.hash-threads and identity.hash-queue must be positive"};
  }
  if (settings.hash_nice < 0 || settings.hash_nice > 19) {
    throw config::SettingsError{"identity.hash-nice must be from 0 to 19"};
  }
  settings.first_ops.check();
  return settings;
}

direct::LaneSizes lanes(const IdentityService::Settings& settings) {
  direct::LaneSizes sizes;
  sizes.hash_threads = static_cast<std::size_t>(settings.hash_threads);
  sizes.hash_queue = static_cast<std::size_t>(settings.hash_queue);
  sizes.hash_niceness = static_cast<int>(settings.hash_nice);
  return sizes;
}

}  // namespace

void IdentityService::Settings::declare(config::Settings& settings) {
  settings.add("auth.issuer", policy.rules.issuer, "claim iss of access tokens");
  settings.add("auth.audience", policy.rules.audience, "claim aud of access tokens");
  settings.add("auth.access-ttl", policy.access_life, "how long an access token is valid");
  settings.add("auth.refresh-ttl", policy.refresh_life, "how long a refresh token is valid");
  settings.add("identity.key-secret", policy.key_secret,
               "what signing keys are encrypted with in the database; at least 16 characters");
  settings.add("identity.key-rotation", policy.key_rotation, "how long a key signs");
  settings.add("identity.key-lead", policy.key_lead, "how long a key is published before it signs");
  settings.add("identity.first-ops-email", first_ops.email,
               "account with all roles, created when there is none with the role ops");
  settings.add("identity.first-ops-password", first_ops.password, "its password");
  settings.add("identity.hash-threads", hash_threads, "threads that hash passwords");
  settings.add("identity.hash-queue", hash_queue,
               "passwords that wait to be hashed at most; further ones get 503");
  settings.add("identity.hash-nice", hash_nice,
               "how far those threads stand back behind everything else of the machine, as nice(1) "
               "counts: 0 to 19");
  settings.add("identity.telegram-bot", policy.telegram_bot,
               "name of the bot at Telegram, for the links that connect an account with it");
  settings.add("identity.cleanup-interval", cleanup_interval,
               "how often expired refresh tokens and link codes are removed");
}

IdentityService::IdentityService(runtime::Runtime& runtime, const Settings& settings)
    : settings_{checked(settings)},
      keys_{settings.policy},
      handlers_{commands::make_handlers(settings.policy)},
      queries_{queries::make_queries()},
      direct_{runtime.io(),       settings.policy, keys_,
              runtime.database(), transactions(),  lanes(settings)},
      backend_{runtime, handlers_, queries_, &direct_},
      keeper_{"identity.keys", keeper_interval, runtime.database(),
              [this](pg::Connection& connection) { return tend_keys(connection); }},
      cleaner_{"identity.cleanup", settings.cleanup_interval, runtime.database(),
               [this](pg::Connection& connection) { return clean_up(connection); }} {
  runtime.health().add("signing-key", [this] { return keys_.is_ready(); });
  runtime.health().add("first-account", [this] { return has_ops_.load(); });
}

void IdentityService::start() {
  backend_.start();
  keeper_.start();
  cleaner_.start();
}

void IdentityService::stop() {
  cleaner_.stop();
  keeper_.stop();
  backend_.stop();
}

direct::Transactions IdentityService::transactions() {
  direct::Transactions transactions;
  transactions.run = [this](pg::Connection& connection, const auto& work) {
    backend_.transact(connection, work);
  };
  transactions.run_once = [this](pg::Connection& connection, const outbox::DirectCommand& command,
                                 const auto& work) {
    return backend_.run_direct(connection, command, work);
  };
  return transactions;
}

bool IdentityService::tend_keys(pg::Connection& connection) {
  keys_.tend(connection, now());
  if (!has_ops_) {
    timers::create_first_ops(connection, settings_.first_ops, settings_.policy, transactions());
    has_ops_ = true;
  }
  return false;
}

bool IdentityService::clean_up(pg::Connection& connection) {
  pg::Tx tx{connection};
  const std::int64_t deleted =
      store::delete_expired(tx, now(), cleaning_batch) +
      store::delete_old_codes(tx, now() - domain::link_try_window, cleaning_batch);
  tx.commit();
  return deleted >= cleaning_batch;
}

}  // namespace waybill::identity
