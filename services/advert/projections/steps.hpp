// What waybill.adverts tells of choices and of what they depend on, in the order in which it was
// decided, so that they can be played again.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "libs/messaging/message.hpp"
#include "services/advert/choice/index.hpp"

namespace waybill::advert::projections {

struct ScoreStep {
  Id client_id;
  Id advertiser_id;
  std::int32_t score = 0;
};
struct CampaignStep {
  choice::Listing listing;  // its counters are 0
};
struct DeletedStep {
  Id campaign_id;
};
struct DayStep {
  domain::Day day = 0;
};
// An ad was asked for, and this one was shown.
struct ChoiceStep {
  Id client_id;
  Id campaign_id;
  double price = 0;
  double relevance = 0;  // the term of the score: 0 … 1
};
struct ClickStep {
  Id client_id;
  Id campaign_id;
  double price = 0;
};

struct Step {
  Instant at;
  domain::Day day = 0;  // of choices and clicks
  std::variant<domain::Client, ScoreStep, CampaignStep, DeletedStep, DayStep, ChoiceStep, ClickStep>
      what;
};

// Gathers events in any order, any number of times each. All are kept in memory. One thread.
class StepsAsTold {
 public:
  // Throws std::invalid_argument for an event that can't be read.
  void add(const messaging::Event& event);
  // In the order of ce_sequence: writers of this service take turns, so that is the order in which
  // they decided. Events from before there was ce_sequence come first, by ce_time.
  std::vector<Step> take();

 private:
  using Place = std::tuple<std::int64_t, Instant, std::string>;  // ce_sequence, or ce_time and id

  static Place place_of(const messaging::Event& event, const Step& step);

  std::map<Place, Step> steps_;
};

}  // namespace waybill::advert::projections
