// A careful client: one connection, kept as long as it works; each command has an idempotency key,
// and is sent again until it has its outcome. Every answer goes into the book. For one thread.
#pragma once

#include <string>

#include "libs/core/id.hpp"
#include "tests/e2e/support/book.hpp"
#include "tests/e2e/support/http.hpp"

namespace waybill::chaos {

class Caller {
 public:
  // `gateway` is host:port.
  Caller(const std::string& gateway, e2e::Book& book);

  e2e::Reply call(const e2e::Call& call) { return line_.call(call); }
  // The outcome; after five minutes without one the last answer. `repeats` false: the first answer.
  e2e::Reply insist(e2e::Call call, const std::string& key, bool repeats = true);

 private:
  void note(const e2e::Call& call, const std::string& key, const e2e::Reply& reply);

  e2e::Book& book_;
  e2e::Line line_;
};

}  // namespace waybill::chaos
