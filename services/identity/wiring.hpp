// What the identity service is made of.
#pragma once

#include "libs/runtime/backend.hpp"

namespace waybill::identity {

struct IdentityService {
  struct Settings {
    void declare(config::Settings& settings);
  };

  IdentityService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  outbox::Handlers handlers_;
  runtime::Queries queries_;
  runtime::Backend backend_;  // intake: last
};

}  // namespace waybill::identity
