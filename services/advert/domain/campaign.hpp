// Clients, campaigns and the rules of their life on a clock of days. Pure: values in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "libs/core/clock.hpp"
#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"

namespace waybill::advert::domain {

// A number that is set by hand, not the wall clock.
using Day = std::int32_t;

struct Client {
  Id id;
  std::string login;
  std::int32_t age = 0;
  std::string location;
  std::string gender;  // MALE, FEMALE
  std::int64_t version = 0;

  bool operator==(const Client&) const = default;
};

// What is absent restricts nothing.
struct Targeting {
  std::optional<std::string> gender;  // MALE, FEMALE, ALL
  std::optional<std::int32_t> age_from;
  std::optional<std::int32_t> age_to;  // inclusive
  std::optional<std::string> location;

  bool operator==(const Targeting&) const = default;
};

struct Campaign {
  Id id;
  Id advertiser_id;
  std::string ad_title;
  std::string ad_text;
  std::int32_t impressions_limit = 0;
  std::int32_t clicks_limit = 0;
  double cost_per_impression = 0;
  double cost_per_click = 0;
  Day start_date = 0;
  Day end_date = 0;  // inclusive
  Targeting targeting;
  std::optional<std::string> image_uri;
  std::int64_t shows = 0;
  std::int64_t clicks = 0;
  std::int64_t version = 1;
  Instant created_at;

  bool operator==(const Campaign&) const = default;
};

bool has_started(const Campaign& campaign, Day today);
bool is_running(const Campaign& campaign, Day today);
bool fits(const Targeting& targeting, const Client& client);

// Both limits have a tolerance of 5 %, in whole numbers: impressions up to 105 % rounded down,
// clicks while there are fewer than 105 %.
std::int64_t most_impressions(std::int32_t limit);
bool has_impressions_left(const Campaign& campaign);
bool has_clicks_left(const Campaign& campaign);

// 400 naming date or age; the first that is broken.
Result<void> check_new(const Campaign& campaign, Day today);

// What is absent keeps its value, but for the targeting, which is replaced; empty texts are kept,
// too.
struct Edit {
  std::optional<std::string> ad_title;
  std::optional<std::string> ad_text;
  std::optional<std::int32_t> impressions_limit;
  std::optional<std::int32_t> clicks_limit;
  std::optional<double> cost_per_impression;
  std::optional<double> cost_per_click;
  std::optional<Day> start_date;
  std::optional<Day> end_date;
  Targeting targeting;
};

// The campaign as the edit makes it, version raised where anything differs. 400: `after campaign
// start`, date, age.
Result<Campaign> edited(Campaign campaign, const Edit& edit, Day today);

}  // namespace waybill::advert::domain
