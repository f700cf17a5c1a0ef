#include "services/advert/domain/campaign.hpp"

#include "services/advert/domain/faults.hpp"

namespace waybill::advert::domain {
namespace {

Result<void> check_ages(const Targeting& targeting) {
  if (targeting.age_from && targeting.age_to && *targeting.age_from > *targeting.age_to) {
    return bad_request("The targeted age begins above where it ends: age_from > age_to.");
  }
  return {};
}

Result<void> check_order(const Campaign& campaign) {
  if (campaign.end_date < campaign.start_date) {
    return bad_request("The end date is before the start date.");
  }
  return {};
}

Fault date_in_the_past() {
  return bad_request("A date is before the present one.");
}

bool changes_what_is_fixed(const Campaign& campaign, const Edit& edit) {
  const auto differs = [](const auto& wanted, const auto& present) {
    return wanted && *wanted != present;
  };
  return differs(edit.start_date, campaign.start_date) ||
         differs(edit.end_date, campaign.end_date) ||
         differs(edit.impressions_limit, campaign.impressions_limit) ||
         differs(edit.clicks_limit, campaign.clicks_limit);
}

Campaign merged(Campaign campaign, const Edit& edit) {
  const auto take = [](auto& member, const auto& wanted) {
    if (wanted) member = *wanted;
  };
  if (edit.ad_title && !edit.ad_title->empty()) campaign.ad_title = *edit.ad_title;
  if (edit.ad_text && !edit.ad_text->empty()) campaign.ad_text = *edit.ad_text;
  take(campaign.impressions_limit, edit.impressions_limit);
  take(campaign.clicks_limit, edit.clicks_limit);
  take(campaign.cost_per_impression, edit.cost_per_impression);
  take(campaign.cost_per_click, edit.cost_per_click);
  take(campaign.start_date, edit.start_date);
  take(campaign.end_date, edit.end_date);
  campaign.targeting = edit.targeting;
  return campaign;
}

// Before the start: dates in order, and those that change not in the past.
Result<void> check_dates(const Campaign& before, const Campaign& after, Day today) {
  if (const auto ordered = check_order(after); !ordered) return ordered;
  const bool start_is_past = after.start_date != before.start_date && after.start_date < today;
  const bool end_is_past = after.end_date != before.end_date && after.end_date < today;
  if (start_is_past || end_is_past) return date_in_the_past();
  return {};
}

}  // namespace

bool has_started(const Campaign& campaign, Day today) {
  return campaign.start_date <= today;
}

bool is_running(const Campaign& campaign, Day today) {
  return campaign.start_date <= today && today <= campaign.end_date;
}

bool fits(const Targeting& targeting, const Client& client) {
  if (targeting.gender && *targeting.gender != "ALL" && *targeting.gender != client.gender) {
    return false;
  }
  if (targeting.age_from && client.age < *targeting.age_from) return false;
  if (targeting.age_to && client.age > *targeting.age_to) return false;
  return !targeting.location || *targeting.location == client.location;
}

std::int64_t most_impressions(std::int32_t limit) {
  return std::int64_t{limit} + limit / 20;
}

bool has_impressions_left(const Campaign& campaign) {
  return campaign.shows < most_impressions(campaign.impressions_limit);
}

bool has_clicks_left(const Campaign& campaign) {
  return 20 * campaign.clicks < 21 * std::int64_t{campaign.clicks_limit};
}

Result<void> check_new(const Campaign& campaign, Day today) {
  if (const auto ordered = check_order(campaign); !ordered) return ordered;
  if (campaign.start_date < today) return date_in_the_past();
  return check_ages(campaign.targeting);
}

Result<Campaign> edited(Campaign campaign, const Edit& edit, Day today) {
  const bool started = has_started(campaign, today);
  if (started && changes_what_is_fixed(campaign, edit)) {
    return bad_request("Dates and limits can't be changed after campaign start.");
  }
  Campaign after = merged(campaign, edit);
  if (!started) {
    if (const auto dates = check_dates(campaign, after, today); !dates) return dates.error();
  }
  if (const auto ages = check_ages(after.targeting); !ages) return ages.error();
  if (after != campaign) ++after.version;
  return after;
}

}  // namespace waybill::advert::domain
