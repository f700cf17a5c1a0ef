// For tests: waiting for facts, fresh databases, environment.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "libs/pg/pg.hpp"

namespace waybill::testing {

// Asks until the predicate says yes; false when `most` is over. Never sleep in a test: wait for the
// fact.
bool eventually(std::chrono::milliseconds most, const std::function<bool()>& fact);

// The variable, or an exception that says how to get it (deploy/local/env.sh).
std::string environment(const std::string& name);

// A database of its own with migrations/common and migrations/<service> applied, dropped by the
// destructor. On the server that WAYBILL_PG_ADMIN_URL names, or on the one that `server` does: its
// superuser's URL.
class FreshDatabase {
 public:
  explicit FreshDatabase(const std::string& service, std::string server = {});
  ~FreshDatabase();
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;

  const std::string& url() const { return url_; }
  pg::Options options() const;

 private:
  std::string server_;
  std::string name_;
  std::string url_;
};

}  // namespace waybill::testing
