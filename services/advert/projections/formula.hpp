// How ads would be chosen: the settings of the service as one line, and other limits. Pure.
#pragma once

#include <map>
#include <string_view>

#include "services/advert/domain/choice.hpp"

namespace waybill::advert::projections {

struct Formula {
  domain::Weights weights;
  bool pacing = false;
  double pacing_share = 0.5;
  double limits = 1;                    // all limits times this, rounded down
  std::map<Id, std::int32_t> limit_of;  // impressions, of single campaigns
};

// Words "name=value", in any order, those that are not there as the service has them by default:
// weights=0.9,0.25,0.15 fill-term=share|count pacing=on|off pacing-share=0.5 limits=1.2
// limit:<campaign id>=300. A fault names the word that means nothing.
Result<Formula> parse_formula(std::string_view text);

}  // namespace waybill::advert::projections
