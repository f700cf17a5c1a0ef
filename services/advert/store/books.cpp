#include "services/advert/store/books.hpp"

#include "services/advert/store/people.hpp"
#include "services/advert/store/sql.hpp"

namespace waybill::advert::store {
namespace {

domain::Stats read_stats(const pg::Row& row) {
  return {row.integer(0), row.integer(1), row.real(2), row.real(3)};
}

std::vector<domain::DailyStats> read_days(const pg::Rows& rows) {
  std::vector<domain::DailyStats> days;
  for (const pg::Row row : rows) {
    days.push_back({static_cast<domain::Day>(row.integer(4)), read_stats(row)});
  }
  return days;
}

std::unordered_map<Id, domain::Audience> read_audiences(const pg::Rows& rows) {
  std::unordered_map<Id, domain::Audience> audiences;
  for (const pg::Row row : rows) {
    audiences[row.id(0)] = {row.integer(1), static_cast<std::int32_t>(row.integer(2))};
  }
  return audiences;
}

}  // namespace

std::unordered_map<Id, std::unordered_set<Id>> find_seen(pg::Tx& tx, std::span<const Id> clients) {
  std::unordered_map<Id, std::unordered_set<Id>> seen;
  const pg::Rows rows = tx.exec(sql::find_seen_by_clients, to_array(clients));
  for (const pg::Row row : rows) seen[row.id(0)].insert(row.id(1));
  return seen;
}

std::unordered_set<Id> find_seen(pg::Session& session, const Id& client) {
  std::unordered_set<Id> seen;
  const pg::Rows rows = session.exec(sql::find_seen_by_clients, to_array({&client, 1}));
  for (const pg::Row row : rows) seen.insert(row.id(1));
  return seen;
}

std::optional<std::unordered_map<Id, Shown>> record_impressions(
    pg::Tx& tx, std::span<const Impression> impressions, domain::Day day, std::int64_t revision) {
  pg::Array campaigns, clients, times;
  for (const Impression& impression : impressions) {
    campaigns.add(impression.campaign_id);
    clients.add(impression.client_id);
    times.add(impression.at);
  }
  const pg::Rows rows = tx.exec(sql::record_impressions, campaigns, clients, times, day, revision);
  std::unordered_map<Id, Shown> shown;
  std::int64_t recorded = 0;
  for (const pg::Row row : rows) {
    recorded = row.integer(6);
    shown[row.id(0)] = {
        row.id(0),      row.id(1),  std::string{row.text(2)}, std::string{row.text(3)},
        row.integer(4), row.real(5)};
  }
  if (recorded != std::ssize(impressions)) return std::nullopt;
  return shown;
}

Facts find_facts(pg::Tx& tx, std::span<const std::pair<Id, Id>> pairs) {
  pg::Array campaigns, clients;
  for (const auto& [campaign, client] : pairs) {
    campaigns.add(campaign);
    clients.add(client);
  }
  Facts facts;
  const pg::Rows rows = tx.exec(sql::find_facts, campaigns, clients);
  for (const pg::Row row : rows) {
    (row.text(2) == "SHOW" ? facts.shown : facts.clicked).emplace(row.id(0), row.id(1));
  }
  return facts;
}

void record_clicks(pg::Tx& tx, std::span<const Click> clicks, domain::Day day,
                   std::int64_t revision) {
  if (clicks.empty()) return;
  pg::Array campaigns, clients, prices, times;
  for (const Click& click : clicks) {
    campaigns.add(click.campaign_id);
    clients.add(click.client_id);
    prices.add(click.price);
    times.add(click.at);
  }
  tx.later(sql::record_clicks, campaigns, clients, day, prices, times);
  tx.later(sql::count_clicks, campaigns, revision);
}

std::unordered_map<Id, domain::Audience> find_audiences(pg::Tx& tx, std::span<const Id> campaigns) {
  return read_audiences(tx.exec(sql::find_audiences, to_array(campaigns)));
}

std::unordered_map<Id, domain::Audience> find_audiences(pg::Session& session,
                                                        std::span<const Id> campaigns) {
  return read_audiences(session.exec(sql::find_audiences, to_array(campaigns)));
}

domain::Stats sum_campaign(pg::Session& session, const Id& campaign) {
  return read_stats(session.exec(sql::sum_campaign, campaign)[0]);
}

domain::Stats sum_advertiser(pg::Session& session, const Id& advertiser) {
  return read_stats(session.exec(sql::sum_advertiser, advertiser)[0]);
}

std::vector<domain::DailyStats> sum_campaign_by_day(pg::Session& session, const Id& campaign,
                                                    const Days& days) {
  return read_days(session.exec(sql::sum_campaign_by_day, campaign, days.from, days.to));
}

std::vector<domain::DailyStats> sum_advertiser_by_day(pg::Session& session, const Id& advertiser,
                                                      const Days& days) {
  return read_days(session.exec(sql::sum_advertiser_by_day, advertiser, days.from, days.to));
}

}  // namespace waybill::advert::store
