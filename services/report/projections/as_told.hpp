// Sales from the events themselves, without a database: whoever can read the topic comes to the
// same answer as the service, digest included.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/messaging/message.hpp"
#include "services/report/domain/sales.hpp"
#include "services/report/store/known.hpp"

namespace waybill::report::projections {

// Keeps the orders of the days that are asked for in memory. One thread.
class SalesAsTold {
 public:
  // `currency`: of days when nothing was sold.
  SalesAsTold(domain::SalesQuestion question, Zone zone, std::string currency);

  // An event of waybill.orders; any order, any number of times. Throws std::invalid_argument for
  // one that can't be read.
  void add(const messaging::Event& event);
  domain::Sales sales() const;

 private:
  // Whether the event had been told by then.
  bool is_known(const messaging::Event& event) const;
  std::vector<domain::DaySales> by_day() const;
  std::vector<domain::ProductSales> by_product() const;

  domain::SalesQuestion question_;
  Zone zone_;
  std::string currency_;
  Instant from_, to_;
  std::map<Id, store::SoldOrder> orders_;  // the newest state of each
};

}  // namespace waybill::report::projections
