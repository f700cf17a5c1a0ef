// What was shown and clicked, and the statistics of it.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/advert/domain/choice.hpp"
#include "services/advert/domain/stats.hpp"

namespace waybill::advert::store {

// Which campaigns each of these clients was shown.
std::unordered_map<Id, std::unordered_set<Id>> find_seen(pg::Tx& tx, std::span<const Id> clients);
std::unordered_set<Id> find_seen(pg::Session& session, const Id& client);

struct Impression {
  Id campaign_id;
  Id client_id;
  Instant at;
};
// A campaign that was shown, after it.
struct Shown {
  Id campaign_id;
  Id advertiser_id;
  std::string ad_title;
  std::string ad_text;
  std::int64_t shows = 0;
  double price = 0;
};
// Records all of them. Nothing where one is not within the limits, does not run or is not the
// client's first: the transaction must be given up then.
std::optional<std::unordered_map<Id, Shown>> record_impressions(
    pg::Tx& tx, std::span<const Impression> impressions, domain::Day day, std::int64_t revision);

// Of these pairs (campaign, client): who was shown what, who clicked what.
struct Facts {
  std::set<std::pair<Id, Id>> shown;
  std::set<std::pair<Id, Id>> clicked;
};
Facts find_facts(pg::Tx& tx, std::span<const std::pair<Id, Id>> pairs);

struct Click {
  Id campaign_id;
  Id client_id;
  double price = 0;
  Instant at;
};
// None of them is known.
void record_clicks(pg::Tx& tx, std::span<const Click> clicks, domain::Day day,
                   std::int64_t revision);

std::unordered_map<Id, domain::Audience> find_audiences(pg::Tx& tx, std::span<const Id> campaigns);
std::unordered_map<Id, domain::Audience> find_audiences(pg::Session& session,
                                                        std::span<const Id> campaigns);

domain::Stats sum_campaign(pg::Session& session, const Id& campaign);
domain::Stats sum_advertiser(pg::Session& session, const Id& advertiser);
// Days with an event, ascending.
struct Days {
  domain::Day from = 0;
  std::optional<domain::Day> to;
};
std::vector<domain::DailyStats> sum_campaign_by_day(pg::Session& session, const Id& campaign,
                                                    const Days& days);
std::vector<domain::DailyStats> sum_advertiser_by_day(pg::Session& session, const Id& advertiser,
                                                      const Days& days);

}  // namespace waybill::advert::store
