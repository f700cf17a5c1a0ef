// Campaigns in the database: sets in, sets out. Writers hold the turn (turn.hpp). Writes travel
// with the next read or the commit.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/advert/choice/index.hpp"
#include "services/advert/domain/campaign.hpp"

namespace waybill::advert::store {

using Campaigns = std::unordered_map<Id, domain::Campaign>;

// The undeleted ones; ids may repeat.
Campaigns find_campaigns(pg::Tx& tx, std::span<const Id> ids);
std::optional<domain::Campaign> find_campaign(pg::Session& session, const Id& id);
// Oldest first; without a limit all of them.
std::vector<domain::Campaign> list_campaigns(pg::Session& session, const Id& advertiser,
                                             std::optional<std::int64_t> limit,
                                             std::int64_t offset);
std::int64_t count_campaigns(pg::Session& session, const Id& advertiser);
// All undeleted ones, without their texts.
std::vector<domain::Campaign> list_all_campaigns(pg::Session& session);

void insert_campaigns(pg::Tx& tx, std::span<const domain::Campaign> campaigns,
                      std::int64_t revision);
void update_campaigns(pg::Tx& tx, std::span<const domain::Campaign> campaigns,
                      std::int64_t revision);
// Their versions are those after the deletion.
void delete_campaigns(pg::Tx& tx, std::span<const domain::Campaign> campaigns, Instant at,
                      std::int64_t revision);

struct Change {
  choice::Listing listing;
  bool deleted = false;
};
// What changed after a revision, and these whatever their revision.
std::vector<Change> find_changes(pg::Tx& tx, std::int64_t after_revision, std::span<const Id> ids);

}  // namespace waybill::advert::store
