// Figures of advertising side by side. Pure.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "services/advert/projections/what_if.hpp"

namespace waybill::tool::adverts {

struct Column {
  std::string name;  // "recorded", or the formula
  advert::projections::Figures figures;
};

// A line per figure, a column for each way to choose.
std::string to_table(const std::vector<Column>& columns);
boost::json::array to_json(const std::vector<Column>& columns);

}  // namespace waybill::tool::adverts
