// Rows of the projection report.adverts, which the dashboards' views are made of.
#pragma once

#include <span>
#include <string>

#include "libs/pg/pg.hpp"

namespace waybill::report::store {

struct AdCampaign {
  Id id;
  std::int64_t version = 0;
  Id advertiser_id;
  std::string title;
  bool deleted = false;
};

struct AdAdvertiser {
  Id id;
  std::int64_t version = 0;
  std::string name;
};

// An impression or a click. It never changes.
struct AdFact {
  Id campaign_id;
  Id client_id;
  std::string fact;  // SHOW, CLICK
  std::int32_t day = 0;
  double price = 0;
};

void put_ad_campaigns(pg::Tx& tx, std::span<const AdCampaign> campaigns);
void put_ad_advertisers(pg::Tx& tx, std::span<const AdAdvertiser> advertisers);
void add_ad_facts(pg::Tx& tx, std::span<const AdFact> facts);

}  // namespace waybill::report::store
