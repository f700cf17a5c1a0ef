// Where the events of an order stand in their topic: the report service has read them.
#pragma once

#include <map>
#include <string>

#include "libs/core/id.hpp"
#include "services/order/clients/peer.hpp"

namespace waybill::order::clients {

struct TopicPlace {
  std::int64_t partition = 0;
  std::int64_t offset = 0;
};

class TopicPlaces {
 public:
  // `report` is "host:port"; `io` is run by another thread than the one that asks.
  TopicPlaces(boost::asio::io_context& io, const std::string& report);

  // By version. Blocks, at most a second; nothing while the report service can't answer: a timeline
  // without offsets is better than none.
  std::map<std::int64_t, TopicPlace> find(const Id& order);

 private:
  Peer report_;
};

}  // namespace waybill::order::clients
