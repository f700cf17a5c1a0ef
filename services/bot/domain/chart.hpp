// Daily statistics as a drawing: SVG 1.1, 1280 × 720, dark. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/bot/domain/texts.hpp"

namespace waybill::bot::domain {

struct ChartDay {
  std::int64_t day = 0;
  std::int64_t views = 0;
  std::int64_t clicks = 0;
};

// The last 15 days up to the last one with data, none below day 0 unless all are; days without data
// are zeros. Empty without data. `days`: ascending.
std::vector<ChartDay> chart_days(const std::vector<ChartDay>& days);

std::string to_svg(const std::vector<ChartDay>& days, Language language);

}  // namespace waybill::bot::domain
