// What the identity service is made of.
#pragma once

#include "libs/runtime/backend.hpp"
#include "services/identity/direct/direct_api.hpp"
#include "services/identity/timers/first_ops.hpp"

namespace waybill::identity {

struct IdentityService {
  struct Settings {
    Policy policy;
    timers::FirstOps first_ops;
    std::int64_t hash_threads = 2;
    std::int64_t hash_queue = 32;
    std::int64_t hash_nice = 10;  // 0 to 19
    std::chrono::milliseconds cleanup_interval = std::chrono::hours{24};

    void declare(config::Settings& settings);
  };

  IdentityService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  direct::Transactions transactions();
  // Work of the timers; true when there is more.
  bool tend_keys(pg::Connection& connection);
  bool clean_up(pg::Connection& connection);

  const Settings settings_;
  std::atomic<bool> has_ops_{false};  // the keeper has seen to it
  keys::KeyRing keys_;
  outbox::Handlers handlers_;
  runtime::Queries queries_;
  direct::DirectApi direct_;
  runtime::Backend backend_;  // intake
  runtime::Periodic keeper_;  // these two work through the backend
  runtime::Periodic cleaner_;
};

}  // namespace waybill::identity
