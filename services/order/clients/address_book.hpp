// Addresses where they are kept: the identity service's read API.
#pragma once

#include <optional>
#include <string>

#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"
#include "services/order/clients/peer.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::clients {

class AddressBook {
 public:
  // `identity` is "host:port"; `io` is run by another thread than the one that asks.
  AddressBook(boost::asio::io_context& io, const std::string& identity);

  // Blocks, for some two seconds at most. Nothing: the user has no such address. A fault: it can't
  // be said now.
  Result<std::optional<domain::Address>> find(const Id& user, const Id& address);

 private:
  Peer identity_;
};

}  // namespace waybill::order::clients
