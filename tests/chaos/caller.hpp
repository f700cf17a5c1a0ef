// A careful client: one connection, kept as long as it works; each command has an idempotency key,
// and is sent again until it has its outcome. Every answer goes into the book. For one thread.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/core/id.hpp"
#include "libs/web/client.hpp"
#include "tests/chaos/book.hpp"
#include "tests/e2e/support/http.hpp"

namespace waybill::chaos {

class Caller {
 public:
  // `gateway` is host:port.
  Caller(const std::string& gateway, Book& book);

  e2e::Reply call(const e2e::Call& call);
  // The outcome; after five minutes without one the last answer. `repeats` false: the first answer.
  e2e::Reply insist(e2e::Call call, const std::string& key, bool repeats = true);

 private:
  void note(const e2e::Call& call, const std::string& key, const e2e::Reply& reply);

  Book& book_;
  boost::asio::io_context io_{1};
  web::Client client_;
};

}  // namespace waybill::chaos
