// Which ad is shown: the formula, and the choice among all campaigns as the contract words it.
// Pure. The index (choice/index.hpp) comes to the same answer without looking at all of them.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/advert/domain/campaign.hpp"

namespace waybill::advert::domain {

enum class FillTerm {
  share,  // 1 − shows / impressions_limit
  count,  // 1 − shows
};

struct Weights {
  double price = 0.9;
  double relevance = 0.25;
  double fill = 0.15;
  FillTerm fill_term = FillTerm::share;
};

// Of a score, before their weights.
struct Terms {
  double price = 0;
  double relevance = 0;
  double fill = 0;
};

// What the choice depends on in one campaign.
struct Offer {
  double cost_per_impression = 0;
  double cost_per_click = 0;
  std::int32_t impressions_limit = 0;
  std::int64_t shows = 0;
};

// The highest prices among the campaigns that take part.
struct Maxima {
  double cost_per_impression = 0;
  double cost_per_click = 0;

  void add(const Offer& offer);
};

// How well advertisers suit one client: the scores he has with them.
struct Relevance {
  std::unordered_map<Id, std::int32_t> scores;  // by advertiser; who is missing has 0
  std::int32_t best = 0;                        // over all advertisers

  void add(const Id& advertiser, std::int32_t score);
  std::int32_t of(const Id& advertiser) const;
};

Terms terms_of(const Offer& offer, const Maxima& maxima, std::int32_t relevance,
               std::int32_t best_relevance, FillTerm fill_term);
double score_of(const Terms& terms, const Weights& weights);
// What scores are compared by: those that differ by rounding alone are the same.
double rank_of(double score);

// Who is asking, and what he has seen.
struct Viewer {
  Client client;
  Relevance relevance;
  std::unordered_set<Id> seen;
};

enum class Reason { none, not_running, targeting, seen, impressions_limit, clicks_limit, paced };
std::string_view to_string(Reason reason);  // "" for none

// The first rule that keeps a campaign from a viewer, pacing aside.
Reason refuse(const Campaign& campaign, const Viewer& viewer, Day today);

// Pacing: on which share of the best relevance a campaign insists today; 0: on nothing.
double pacing_share(const Campaign& campaign, Day today, double share);
// Who can still be shown a campaign: the clients that fit and were not shown it.
struct Audience {
  std::int64_t clients = 0;
  std::int32_t best = 0;  // relevance among them
};
bool is_kept_back(const Campaign& campaign, const Audience& audience, std::int32_t relevance,
                  Day today, double share);

struct Candidate {
  const Campaign* campaign = nullptr;
  Reason reason = Reason::none;
  Terms terms;
  double score = 0;
};

// Every campaign as the choice sees it, the best first: those that take part by score, ties to the
// oldest, then id; the others behind, oldest first. `kept_back`: ids that pacing keeps from the
// viewer.
std::vector<Candidate> judge(std::span<const Campaign> campaigns, const Viewer& viewer, Day today,
                             const Weights& weights, const std::unordered_set<Id>& kept_back = {});

}  // namespace waybill::advert::domain
