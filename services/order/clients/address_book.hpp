// Addresses where they are kept: the identity service's read API.
#pragma once

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"
#include "libs/web/client.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::clients {

class AddressBook {
 public:
  // `identity` is "host:port"; `io` is run by another thread than the one that asks.
  AddressBook(boost::asio::io_context& io, const std::string& identity);

  // Blocks, at most three seconds. Nothing: the user has no such address. A fault: it can't be said
  // now.
  Result<std::optional<domain::Address>> find(const Id& user, const Id& address);

 private:
  boost::asio::io_context& io_;
  web::Client client_;
};

}  // namespace waybill::order::clients
