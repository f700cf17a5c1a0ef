// What campaigns have brought, from the facts in the books.
#pragma once

#include <cstdint>

#include "services/advert/domain/campaign.hpp"

namespace waybill::advert::domain {

struct Stats {
  std::int64_t impressions = 0;
  std::int64_t clicks = 0;
  double spent_impressions = 0;
  double spent_clicks = 0;

  // Clicks per 100 impressions; 0 without any.
  double conversion() const {
    if (impressions == 0) return 0;
    return static_cast<double>(clicks) / static_cast<double>(impressions) * 100;
  }
  double spent_total() const { return spent_impressions + spent_clicks; }
};

struct DailyStats {
  Day day = 0;
  Stats stats;
};

}  // namespace waybill::advert::domain
