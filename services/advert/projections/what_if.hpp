// Recorded choices, played again by another formula: what would have been shown, clicked and spent.
// Pure: nothing is read but the steps, nothing is written.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "services/advert/projections/formula.hpp"
#include "services/advert/projections/steps.hpp"

namespace waybill::advert::projections {

// What is played: everything before it is taken as it was, and nothing behind it counts. Without
// bounds it is all there is.
struct Period {
  std::optional<Instant> from;          // by the wall clock
  std::optional<Instant> until;         // exclusive
  std::optional<domain::Day> from_day;  // by the day of the advertising clock
  std::optional<domain::Day> to_day;    // inclusive

  bool has(const Step& step) const;
};

// Of the requests that were given an ad (others are not told), all of them or one advertiser's.
struct Figures {
  std::int64_t requests = 0;    // of everybody
  std::int64_t same = 0;        // … that get the ad of then
  std::int64_t without_ad = 0;  // … that get none
  std::int64_t impressions = 0;
  std::int64_t clicks = 0;     // of those who clicked then and are shown the ad here, too
  double expected_clicks = 0;  // of those who are shown what they were not shown then: at the rate
                               // of the campaign's clicks then
  double spent_impressions = 0;
  double spent_clicks = 0;
  double spent_expected = 0;   // on the expected clicks
  double relevance = 0;        // mean of the shown ads' term, 0 … 1
  std::int64_t campaigns = 0;  // that ran on a played day
  std::int64_t full = 0;       // … and reached their limit of impressions
  double fulfilment = 0;       // mean of their shows / limit, at most 1 each

  bool operator==(const Figures&) const = default;
};

using Played = std::function<void()>;  // after each request

// As it was.
Figures as_recorded(std::span<const Step> steps, const Period& period,
                    const std::optional<Id>& advertiser = {}, const Played& played = {});
// As it would have been.
Figures what_if(std::span<const Step> steps, const Period& period, const Formula& formula,
                const std::optional<Id>& advertiser = {}, const Played& played = {});

}  // namespace waybill::advert::projections
