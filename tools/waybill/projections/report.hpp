// Projections and their rebuilds in words and JSON.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/projection/parking.hpp"
#include "libs/projection/shadow.hpp"

namespace waybill::tool::projections {

struct Status {
  std::string name;
  std::vector<projection::Standing> standings;
  std::vector<projection::ParkedEvent> parked;
  std::string failure;  // why nothing is known of it

  std::int64_t lag() const;
};

boost::json::object to_json(const Status& status);
// One line for each; `partitions`: and one for each partition.
std::string to_table(const std::vector<Status>& all, bool partitions);
// Each parked event with its reason.
std::string parked_in_words(const std::vector<Status>& all);

boost::json::object to_json(const projection::Comparison& comparison);
std::string in_words(const projection::Comparison& comparison);

}  // namespace waybill::tool::projections
