// Another service's read API, asked by a thread that waits for the answer.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/core/clock.hpp"
#include "libs/web/client.hpp"

namespace waybill::order::clients {

class Peer {
 public:
  // `address` is host:port. A request is given up after `request_time`.
  Peer(boost::asio::io_context& io, const std::string& address, milliseconds request_time);

  // Reads as staff. Blocks; not on the thread of the io_context. A fault when there is no answer,
  // also when nobody runs the io_context any more.
  Result<web::Response> get(std::string target);

 private:
  boost::asio::io_context& io_;
  const milliseconds most_wait_;
  web::Client client_;
};

}  // namespace waybill::order::clients
