// Who can still be shown a campaign, kept in memory as the choices go on.
#pragma once

#include <map>
#include <unordered_map>

#include "services/advert/choice/index.hpp"

namespace waybill::advert::projections {

using Viewers = std::unordered_map<Id, domain::Viewer>;

class Audiences {
 public:
  // Counted among all viewers when it is asked for first.
  domain::Audience of(const choice::Listing& campaign, const Viewers& viewers);
  // The viewer was just shown the campaign.
  void leave(const choice::Listing& campaign, const domain::Viewer& viewer);
  // What was counted of one campaign, or of all, holds no more.
  void forget(const Id& campaign) { crowds_.erase(campaign); }
  void forget() { crowds_.clear(); }

 private:
  struct Crowd {
    std::int64_t clients = 0;
    std::map<std::int32_t, std::int64_t> relevances;  // → how many have it
  };

  std::unordered_map<Id, Crowd> crowds_;
};

}  // namespace waybill::advert::projections
