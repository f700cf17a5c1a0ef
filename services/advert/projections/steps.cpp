#include "services/advert/projections/steps.hpp"

#include <charconv>

#include "libs/projection/rows.hpp"
#include "waybill/advert/v1/events.pb.h"

namespace waybill::advert::projections {
namespace {

using messaging::Event;
using projection::read_id;

Step step_of(const Event& event) {
  Step step;
  step.at = projection::read_instant(projection::header(event, "ce_time"), event);
  return step;
}

Step read_client(const v1::ClientChanged& message, const Event& event) {
  const v1::Client& told = message.client();
  domain::Client client;
  client.id = read_id(told.client_id(), event);
  client.age = told.age();
  client.location = told.location();
  client.gender = told.gender();
  Step step = step_of(event);
  step.what = std::move(client);
  return step;
}

Step read_score(const v1::ScoreChanged& message, const Event& event) {
  Step step = step_of(event);
  step.what = ScoreStep{read_id(message.client_id(), event),
                        read_id(message.advertiser_id(), event), message.score()};
  return step;
}

domain::Targeting read_targeting(const v1::Targeting& told) {
  domain::Targeting targeting;
  if (told.has_gender()) targeting.gender = told.gender();
  if (told.has_age_from()) targeting.age_from = told.age_from();
  if (told.has_age_to()) targeting.age_to = told.age_to();
  if (told.has_location()) targeting.location = told.location();
  return targeting;
}

Step read_campaign(const v1::CampaignChanged& message, const Event& event) {
  const v1::Campaign& told = message.campaign();
  choice::Listing listing;
  listing.id = read_id(told.campaign_id(), event);
  listing.advertiser_id = read_id(told.advertiser_id(), event);
  listing.offer = {told.cost_per_impression(), told.cost_per_click(), told.impressions_limit(), 0};
  listing.clicks_limit = told.clicks_limit();
  listing.start_date = told.start_date();
  listing.end_date = told.end_date();
  listing.targeting = read_targeting(told.targeting());
  listing.created_at = projection::read_instant(message.created_at(), event);
  Step step = step_of(event);
  step.what = CampaignStep{std::move(listing)};
  return step;
}

Step read_deleted(const v1::CampaignDeleted& message, const Event& event) {
  Step step = step_of(event);
  step.what = DeletedStep{read_id(message.campaign_id(), event)};
  return step;
}

Step read_day(const v1::DayChanged& message, const Event& event) {
  Step step = step_of(event);
  step.what = DayStep{message.current_date()};
  return step;
}

Step read_impression(const v1::ImpressionRecorded& message, const Event& event) {
  Step step = step_of(event);
  step.day = message.day();
  step.what = ChoiceStep{read_id(message.client_id(), event), read_id(message.campaign_id(), event),
                         message.price(), message.relevance_term()};
  return step;
}

Step read_click(const v1::ClickRecorded& message, const Event& event) {
  Step step = step_of(event);
  step.day = message.day();
  step.what = ClickStep{read_id(message.client_id(), event), read_id(message.campaign_id(), event),
                        message.price()};
  return step;
}

const projection::Rows<Step>& reader() {
  static const auto rows = projection::Rows<Step>{}
                               .on<v1::ClientChanged>(read_client)
                               .on<v1::ScoreChanged>(read_score)
                               .on<v1::CampaignChanged>(read_campaign)
                               .on<v1::CampaignDeleted>(read_deleted)
                               .on<v1::DayChanged>(read_day)
                               .on<v1::ImpressionRecorded>(read_impression)
                               .on<v1::ClickRecorded>(read_click);
  return rows;
}

}  // namespace

StepsAsTold::Place StepsAsTold::place_of(const Event& event, const Step& step) {
  const auto told = event.headers.find("ce_sequence");
  if (told == event.headers.end()) return {0, step.at, projection::header(event, "ce_id")};
  const std::string& text = told->second;
  std::int64_t sequence = 0;
  const char* last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, sequence);
  if (failed == std::errc{} && end == last) return {sequence, {}, {}};
  throw std::invalid_argument{"ce_sequence '" + text + "' is no number"};
}

void StepsAsTold::add(const Event& event) {
  for (Step& step : reader().every({&event, 1})) {
    const Place place = place_of(event, step);
    steps_.emplace(place, std::move(step));
  }
}

std::vector<Step> StepsAsTold::take() {
  std::vector<Step> steps;
  steps.reserve(steps_.size());
  for (auto& [sequence, step] : steps_) steps.push_back(std::move(step));
  steps_.clear();
  return steps;
}

}  // namespace waybill::advert::projections
