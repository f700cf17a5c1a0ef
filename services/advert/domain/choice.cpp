#include "services/advert/domain/choice.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace waybill::advert::domain {
namespace {

Offer offer_of(const Campaign& campaign) {
  return {campaign.cost_per_impression, campaign.cost_per_click, campaign.impressions_limit,
          campaign.shows};
}

bool is_better(const Candidate& left, const Candidate& right) {
  const bool left_out = left.reason != Reason::none;
  const bool right_out = right.reason != Reason::none;
  const Campaign& a = *left.campaign;
  const Campaign& b = *right.campaign;
  return std::tuple{left_out, -rank_of(left.score), a.created_at, a.id} <
         std::tuple{right_out, -rank_of(right.score), b.created_at, b.id};
}

}  // namespace

void Maxima::add(const Offer& offer) {
  cost_per_impression = std::max(cost_per_impression, offer.cost_per_impression);
  cost_per_click = std::max(cost_per_click, offer.cost_per_click);
}

void Relevance::add(const Id& advertiser, std::int32_t score) {
  scores[advertiser] = score;
  best = std::max(best, score);
}

std::int32_t Relevance::of(const Id& advertiser) const {
  const auto found = scores.find(advertiser);
  return found == scores.end() ? 0 : found->second;
}

Terms terms_of(const Offer& offer, const Maxima& maxima, std::int32_t relevance,
               std::int32_t best_relevance, FillTerm fill_term) {
  Terms terms;
  terms.price = offer.cost_per_click / maxima.cost_per_click / 3 +
                offer.cost_per_impression / maxima.cost_per_impression * 2 / 3;
  if (best_relevance > 0) terms.relevance = static_cast<double>(relevance) / best_relevance;
  const auto shows = static_cast<double>(offer.shows);
  terms.fill = fill_term == FillTerm::count ? 1 - shows : 1 - shows / offer.impressions_limit;
  return terms;
}

double score_of(const Terms& terms, const Weights& weights) {
  return weights.price * terms.price + weights.relevance * terms.relevance +
         weights.fill * terms.fill;
}

double rank_of(double score) {
  constexpr double kDigits = 1e12;
  return std::nearbyint(score * kDigits);
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::none:
      return "";
    case Reason::not_running:
      return "not-running";
    case Reason::targeting:
      return "targeting";
    case Reason::seen:
      return "seen";
    case Reason::impressions_limit:
      return "impressions-limit";
    case Reason::clicks_limit:
      return "clicks-limit";
    case Reason::paced:
      return "paced";
  }
  return "";
}

Reason refuse(const Campaign& campaign, const Viewer& viewer, Day today) {
  if (!is_running(campaign, today)) return Reason::not_running;
  if (!fits(campaign.targeting, viewer.client)) return Reason::targeting;
  if (viewer.seen.contains(campaign.id)) return Reason::seen;
  if (!has_impressions_left(campaign)) return Reason::impressions_limit;
  if (!has_clicks_left(campaign)) return Reason::clicks_limit;
  return Reason::none;
}

double pacing_share(const Campaign& campaign, Day today, double share) {
  const double length = static_cast<double>(campaign.end_date) - campaign.start_date;
  if (length <= 0) return 0;
  return share * (static_cast<double>(campaign.end_date) - today) / length;
}

bool is_kept_back(const Campaign& campaign, const Audience& audience, std::int32_t relevance,
                  Day today, double share) {
  const std::int64_t remaining = campaign.impressions_limit - campaign.shows;
  if (audience.clients <= remaining) return false;
  return relevance < pacing_share(campaign, today, share) * audience.best;
}

std::vector<Candidate> judge(std::span<const Campaign> campaigns, const Viewer& viewer, Day today,
                             const Weights& weights, const std::unordered_set<Id>& kept_back) {
  std::vector<Candidate> candidates;
  Maxima maxima;
  for (const Campaign& campaign : campaigns) {
    Candidate candidate;
    candidate.campaign = &campaign;
    candidate.reason = refuse(campaign, viewer, today);
    if (candidate.reason == Reason::none && kept_back.contains(campaign.id)) {
      candidate.reason = Reason::paced;
    }
    if (candidate.reason == Reason::none) maxima.add(offer_of(campaign));
    candidates.push_back(candidate);
  }
  for (Candidate& candidate : candidates) {
    if (candidate.reason != Reason::none) continue;
    const Campaign& campaign = *candidate.campaign;
    candidate.terms =
        terms_of(offer_of(campaign), maxima, viewer.relevance.of(campaign.advertiser_id),
                 viewer.relevance.best, weights.fill_term);
    candidate.score = score_of(candidate.terms, weights);
  }
  std::sort(candidates.begin(), candidates.end(), is_better);
  return candidates;
}

}  // namespace waybill::advert::domain
