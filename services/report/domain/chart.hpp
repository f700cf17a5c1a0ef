// The chart of orders (bars) and revenue (line) by day, as SVG 1.1. Pure.
#pragma once

#include <string>
#include <vector>

#include "libs/core/money.hpp"
#include "libs/core/zone.hpp"

namespace waybill::report::domain {

struct ChartDay {
  Day day;
  std::int64_t orders = 0;
  Minor revenue = 0;
};

struct Chart {
  std::string title;
  std::string currency;  // empty: several, and no line is drawn
  std::vector<ChartDay> days;
};

// 960 × 480.
std::string to_svg(const Chart& chart);

}  // namespace waybill::report::domain
