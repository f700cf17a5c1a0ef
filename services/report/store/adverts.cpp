#include "services/report/store/adverts.hpp"

#include "services/report/store/sql.hpp"

namespace waybill::report::store {

void put_ad_campaigns(pg::Tx& tx, std::span<const AdCampaign> campaigns) {
  pg::Array ids, versions, advertisers, titles, deleted;
  for (const AdCampaign& campaign : campaigns) {
    ids.add(campaign.id);
    versions.add(campaign.version);
    advertisers.add(campaign.advertiser_id);
    titles.add(campaign.title);
    deleted.add(campaign.deleted);
  }
  tx.later(sql::upsert_ad_campaigns, ids, versions, advertisers, titles, deleted);
}

void put_ad_advertisers(pg::Tx& tx, std::span<const AdAdvertiser> advertisers) {
  pg::Array ids, versions, names;
  for (const AdAdvertiser& advertiser : advertisers) {
    ids.add(advertiser.id);
    versions.add(advertiser.version);
    names.add(advertiser.name);
  }
  tx.later(sql::upsert_ad_advertisers, ids, versions, names);
}

void add_ad_facts(pg::Tx& tx, std::span<const AdFact> facts) {
  pg::Array campaigns, clients, kinds, days, prices;
  for (const AdFact& fact : facts) {
    campaigns.add(fact.campaign_id);
    clients.add(fact.client_id);
    kinds.add(fact.fact);
    days.add(fact.day);
    prices.add(fact.price);
  }
  tx.later(sql::insert_ad_facts, campaigns, clients, kinds, days, prices);
}

}  // namespace waybill::report::store
