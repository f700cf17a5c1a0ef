#include "services/advert/projections/audiences.hpp"

namespace waybill::advert::projections {

domain::Audience Audiences::of(const choice::Listing& campaign, const Viewers& viewers) {
  const auto [known, is_new] = crowds_.try_emplace(campaign.id);
  Crowd& crowd = known->second;
  if (is_new) {
    for (const auto& [id, viewer] : viewers) {
      if (!domain::fits(campaign.targeting, viewer.client) || viewer.seen.contains(campaign.id)) {
        continue;
      }
      ++crowd.clients;
      ++crowd.relevances[viewer.relevance.of(campaign.advertiser_id)];
    }
  }
  return {crowd.clients, crowd.relevances.empty() ? 0 : crowd.relevances.rbegin()->first};
}

void Audiences::leave(const choice::Listing& campaign, const domain::Viewer& viewer) {
  const auto known = crowds_.find(campaign.id);
  if (known == crowds_.end() || !domain::fits(campaign.targeting, viewer.client)) return;
  Crowd& crowd = known->second;
  --crowd.clients;
  const auto relevance = crowd.relevances.find(viewer.relevance.of(campaign.advertiser_id));
  if (--relevance->second == 0) crowd.relevances.erase(relevance);
}

}  // namespace waybill::advert::projections
