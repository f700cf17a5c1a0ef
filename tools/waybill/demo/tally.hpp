// The same figures from three places: the file, the order service, the topic. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <boost/json.hpp>

#include "tools/waybill/retail/plan.hpp"

namespace waybill::tool::demo {

struct Tally {
  std::int64_t orders = 0;
  std::int64_t lines = 0;
  std::int64_t units = 0;
  Minor revenue = 0;
  std::int64_t cancelled = 0;  // of the orders
  Minor cancelled_revenue = 0;

  bool operator==(const Tally&) const = default;
};

// Orders by id, in the representation that HTTP and events share.
using Orders = std::map<std::string, boost::json::object, std::less<>>;

Tally tally_of(const retail::Plan& plan);
Tally tally_of(const Orders& orders);

// Keeps the newer of two states of an order.
void keep_newest(Orders& orders, const boost::json::object& order);

std::string to_table(const Tally& file, const Tally& service, const Tally& topic,
                     const std::string& currency);

}  // namespace waybill::tool::demo
