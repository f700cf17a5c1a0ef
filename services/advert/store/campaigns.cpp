#include "services/advert/store/campaigns.hpp"

#include "services/advert/store/people.hpp"
#include "services/advert/store/sql.hpp"

namespace waybill::advert::store {
namespace {

std::int32_t small(const pg::Row& row, int column) {
  return static_cast<std::int32_t>(row.integer(column));
}

std::optional<std::int32_t> maybe_small(const pg::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return small(row, column);
}

domain::Campaign read_campaign(const pg::Row& row) {
  domain::Campaign campaign;
  campaign.id = row.id(0);
  campaign.advertiser_id = row.id(1);
  campaign.ad_title = row.text(2);
  campaign.ad_text = row.text(3);
  campaign.impressions_limit = small(row, 4);
  campaign.clicks_limit = small(row, 5);
  campaign.cost_per_impression = row.real(6);
  campaign.cost_per_click = row.real(7);
  campaign.start_date = small(row, 8);
  campaign.end_date = small(row, 9);
  campaign.targeting = {row.maybe_text(10), maybe_small(row, 11), maybe_small(row, 12),
                        row.maybe_text(13)};
  campaign.image_uri = row.maybe_text(14);
  campaign.shows = row.integer(15);
  campaign.clicks = row.integer(16);
  campaign.version = row.integer(17);
  campaign.created_at = row.instant(18);
  return campaign;
}

std::vector<domain::Campaign> read_campaigns(const pg::Rows& rows) {
  std::vector<domain::Campaign> campaigns;
  campaigns.reserve(static_cast<std::size_t>(rows.size()));
  for (const pg::Row row : rows) campaigns.push_back(read_campaign(row));
  return campaigns;
}

Change read_change(const pg::Row& row) {
  Change change;
  choice::Listing& listing = change.listing;
  listing.id = row.id(0);
  listing.advertiser_id = row.id(1);
  listing.offer = {row.real(4), row.real(5), small(row, 2), row.integer(12)};
  listing.clicks_limit = small(row, 3);
  listing.clicks = row.integer(13);
  listing.start_date = small(row, 6);
  listing.end_date = small(row, 7);
  listing.targeting = {row.maybe_text(8), maybe_small(row, 9), maybe_small(row, 10),
                       row.maybe_text(11)};
  listing.created_at = row.instant(14);
  change.deleted = row.boolean(15);
  return change;
}

// Columns of campaigns that both statements write, for unnest().
struct Columns {
  pg::Array ids, titles, texts, impressions, clicks, show_costs, click_costs, starts, ends, genders,
      ages_from, ages_to, locations;

  void add(const domain::Campaign& campaign) {
    ids.add(campaign.id);
    titles.add(campaign.ad_title);
    texts.add(campaign.ad_text);
    impressions.add(campaign.impressions_limit);
    clicks.add(campaign.clicks_limit);
    show_costs.add(campaign.cost_per_impression);
    click_costs.add(campaign.cost_per_click);
    starts.add(campaign.start_date);
    ends.add(campaign.end_date);
    genders.add(campaign.targeting.gender);
    ages_from.add(campaign.targeting.age_from);
    ages_to.add(campaign.targeting.age_to);
    locations.add(campaign.targeting.location);
  }
};

}  // namespace

Campaigns find_campaigns(pg::Tx& tx, std::span<const Id> ids) {
  Campaigns campaigns;
  const pg::Rows rows = tx.exec(sql::find_campaigns_by_ids, to_array(ids));
  for (const pg::Row row : rows) campaigns.emplace(row.id(0), read_campaign(row));
  return campaigns;
}

std::optional<domain::Campaign> find_campaign(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_campaigns_by_ids, to_array({&id, 1}));
  if (rows.empty()) return std::nullopt;
  return read_campaign(rows[0]);
}

std::vector<domain::Campaign> list_campaigns(pg::Session& session, const Id& advertiser,
                                             std::optional<std::int64_t> limit,
                                             std::int64_t offset) {
  return read_campaigns(session.exec(sql::list_campaigns, advertiser, limit, offset));
}

std::int64_t count_campaigns(pg::Session& session, const Id& advertiser) {
  return session.exec(sql::count_campaigns, advertiser)[0].integer(0);
}

std::vector<domain::Campaign> list_all_campaigns(pg::Session& session) {
  return read_campaigns(session.exec(sql::list_all_campaigns));
}

void insert_campaigns(pg::Tx& tx, std::span<const domain::Campaign> campaigns,
                      std::int64_t revision) {
  if (campaigns.empty()) return;
  Columns c;
  pg::Array advertisers, times;
  for (const domain::Campaign& campaign : campaigns) {
    c.add(campaign);
    advertisers.add(campaign.advertiser_id);
    times.add(campaign.created_at);
  }
  tx.later(sql::insert_campaigns, c.ids, advertisers, c.titles, c.texts, c.impressions, c.clicks,
           c.show_costs, c.click_costs, c.starts, c.ends, c.genders, c.ages_from, c.ages_to,
           c.locations, times, revision);
}

void update_campaigns(pg::Tx& tx, std::span<const domain::Campaign> campaigns,
                      std::int64_t revision) {
  if (campaigns.empty()) return;
  Columns c;
  pg::Array images, versions;
  for (const domain::Campaign& campaign : campaigns) {
    c.add(campaign);
    images.add(campaign.image_uri);
    versions.add(campaign.version);
  }
  tx.later(sql::update_campaigns, c.ids, c.titles, c.texts, c.impressions, c.clicks, c.show_costs,
           c.click_costs, c.starts, c.ends, c.genders, c.ages_from, c.ages_to, c.locations, images,
           versions, revision);
}

void delete_campaigns(pg::Tx& tx, std::span<const domain::Campaign> campaigns, Instant at,
                      std::int64_t revision) {
  if (campaigns.empty()) return;
  pg::Array ids, versions, times;
  for (const domain::Campaign& campaign : campaigns) {
    ids.add(campaign.id);
    versions.add(campaign.version);
    times.add(at);
  }
  tx.later(sql::delete_campaigns, ids, versions, times, revision);
}

std::vector<Change> find_changes(pg::Tx& tx, std::int64_t after_revision, std::span<const Id> ids) {
  std::vector<Change> changes;
  const pg::Rows rows = tx.exec(sql::find_changed_campaigns, after_revision, to_array(ids));
  for (const pg::Row row : rows) changes.push_back(read_change(row));
  return changes;
}

}  // namespace waybill::advert::store
