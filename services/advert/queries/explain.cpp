#include "services/advert/queries/explain.hpp"

#include "libs/contract/json.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/events/advert_events.hpp"
#include "services/advert/store/books.hpp"
#include "services/advert/store/campaigns.hpp"
#include "services/advert/store/people.hpp"
#include "services/advert/store/turn.hpp"

namespace waybill::advert::queries {
namespace {

std::unordered_set<Id> find_kept_back(pg::Session& session,
                                      const std::vector<domain::Campaign>& campaigns,
                                      const domain::Viewer& viewer, domain::Day day, double share) {
  std::vector<Id> ids;
  for (const domain::Campaign& campaign : campaigns) {
    if (domain::refuse(campaign, viewer, day) == domain::Reason::none) ids.push_back(campaign.id);
  }
  const auto audiences = store::find_audiences(session, ids);
  std::unordered_set<Id> kept;
  for (const domain::Campaign& campaign : campaigns) {
    const auto audience = audiences.find(campaign.id);
    const bool is_kept =
        audience != audiences.end() &&
        domain::is_kept_back(campaign, audience->second,
                             viewer.relevance.of(campaign.advertiser_id), day, share);
    if (is_kept) kept.insert(campaign.id);
  }
  return kept;
}

std::string describe(const domain::Candidate& candidate) {
  const bool eligible = candidate.reason == domain::Reason::none;
  std::string json = fmt::format(R"({{"campaign_id":"{}","eligible":{},"reason":)",
                                 candidate.campaign->id.to_string(), eligible);
  if (!eligible) {
    return json +
           fmt::format(R"("{}","score":null,"terms":null}})", domain::to_string(candidate.reason));
  }
  json += R"(null,"score":)";
  contract::append_json_number(candidate.score, json);
  json += R"(,"terms":{"price":)";
  contract::append_json_number(candidate.terms.price, json);
  json += R"(,"relevance":)";
  contract::append_json_number(candidate.terms.relevance, json);
  json += R"(,"fill":)";
  contract::append_json_number(candidate.terms.fill, json);
  return json + "}}";
}

std::string describe_chosen(pg::Session& session,
                            const std::vector<domain::Candidate>& candidates) {
  const bool none = candidates.empty() || candidates.front().reason != domain::Reason::none;
  if (none) return "null";
  const auto campaign = store::find_campaign(session, candidates.front().campaign->id);
  if (!campaign) return "null";
  store::Shown ad;
  ad.campaign_id = campaign->id;
  ad.advertiser_id = campaign->advertiser_id;
  ad.ad_title = campaign->ad_title;
  ad.ad_text = campaign->ad_text;
  return events::representation(ad);
}

}  // namespace

Result<web::Response> explain(pg::Session& session, const runtime::Query& query,
                              const commands::ChoiceRules& rules) {
  const auto id = Id::parse(query.request.query_value("client_id"));
  const auto client = id ? store::find_client(session, *id) : std::nullopt;
  if (!client) return domain::no_such_client();
  const store::Turn turn = store::find_settings(session);
  const domain::Viewer viewer{*client, store::find_relevance(session, *id),
                              store::find_seen(session, *id)};
  const auto campaigns = store::list_all_campaigns(session);
  std::unordered_set<Id> kept;
  if (rules.pacing) {
    kept = find_kept_back(session, campaigns, viewer, turn.day, rules.pacing_share);
  }
  const auto candidates = domain::judge(campaigns, viewer, turn.day, rules.weights, kept);
  std::vector<std::string> described;
  for (std::size_t i = 0; i < std::min(candidates.size(), most_candidates); ++i) {
    described.push_back(describe(candidates[i]));
  }
  web::Response response{
      200, "application/json",
      fmt::format(R"({{"client_id":"{}","current_date":{},"chosen":{},)"
                  R"("candidates":{}}})",
                  id->to_string(), turn.day, describe_chosen(session, candidates),
                  events::json_list(described))};
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace waybill::advert::queries
