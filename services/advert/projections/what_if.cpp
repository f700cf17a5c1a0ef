#include "services/advert/projections/what_if.hpp"

#include <cmath>
#include <limits>
#include <set>

#include "services/advert/projections/audiences.hpp"

namespace waybill::advert::projections {
namespace {

using Pair = std::pair<Id, Id>;  // campaign, client

// What is known of the past before any of it is played.
struct Past {
  struct Click {
    std::size_t step = 0;
    double price = 0;
  };
  struct Counts {
    std::int64_t shows = 0;
    std::int64_t clicks = 0;
  };

  explicit Past(std::span<const Step> steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (const auto* choice = std::get_if<ChoiceStep>(&steps[i].what)) {
        shown.emplace(choice->campaign_id, choice->client_id);
        ++counts[choice->campaign_id].shows;
      } else if (const auto* click = std::get_if<ClickStep>(&steps[i].what)) {
        clicked[{click->campaign_id, click->client_id}] = {i, click->price};
        ++counts[click->campaign_id].clicks;
      }
    }
  }
  // Clicks per impression.
  double rate(const Id& campaign) const {
    const auto found = counts.find(campaign);
    if (found == counts.end() || found->second.shows == 0) return 0;
    return static_cast<double>(found->second.clicks) / static_cast<double>(found->second.shows);
  }

  std::set<Pair> shown;
  std::map<Pair, Click> clicked;
  std::unordered_map<Id, Counts> counts;
};

bool is_fact(const Step& step) {
  return std::holds_alternative<ChoiceStep>(step.what) ||
         std::holds_alternative<ClickStep>(step.what);
}

std::int32_t scaled(std::int32_t limit, double by) {
  const double most = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::min(std::floor(limit * by), most));
}

// The platform's state between two steps.
class World {
 public:
  World(std::span<const Step> steps, const Period& period, const Formula* formula,
        const std::optional<Id>& advertiser)
      : past_{steps}, period_{period}, formula_{formula}, advertiser_{advertiser} {}

  // True: it was a request that was played.
  bool take(std::size_t number, const Step& step) {
    number_ = number;
    played_ = period_.has(step);
    step_ = &step;
    std::visit([this](const auto& what) { apply(what); }, step.what);
    return played_ && std::holds_alternative<ChoiceStep>(step.what);
  }

  Figures figures() {
    if (figures_.impressions > 0) {
      figures_.relevance /= static_cast<double>(figures_.impressions);
    }
    double sum = 0;
    for (const auto& [id, listing] : campaigns_) {
      if (!is_counted(listing) || listing.offer.impressions_limit == 0 || !ran(listing)) continue;
      ++figures_.campaigns;
      const double share = static_cast<double>(listing.offer.shows) /
                           static_cast<double>(listing.offer.impressions_limit);
      figures_.full += share >= 1;
      sum += std::min(share, 1.0);
    }
    if (figures_.campaigns > 0) figures_.fulfilment = sum / static_cast<double>(figures_.campaigns);
    return figures_;
  }

 private:
  void apply(const domain::Client& client) {
    viewers_[client.id].client = client;
    audiences_.forget();
  }
  void apply(const ScoreStep& score) {
    domain::Relevance& relevance = viewers_[score.client_id].relevance;
    relevance.scores[score.advertiser_id] = score.score;
    relevance.best = 0;
    for (const auto& [id, known] : relevance.scores) {
      relevance.best = std::max(relevance.best, known);
    }
    audiences_.forget();
  }
  void apply(const CampaignStep& step) {
    choice::Listing listing = step.listing;
    if (formula_) set_limits(listing);
    const auto known = campaigns_.find(listing.id);
    if (known != campaigns_.end()) {
      listing.offer.shows = known->second.offer.shows;
      listing.clicks = known->second.clicks;
    }
    audiences_.forget(listing.id);
    index_.put(listing);
    campaigns_[listing.id] = std::move(listing);
  }
  void apply(const DeletedStep& step) {
    index_.remove(step.campaign_id);
    campaigns_.erase(step.campaign_id);
  }
  void apply(const DayStep& step) { index_.set_day(step.day); }

  void apply(const ChoiceStep& then) {
    domain::Viewer& viewer = viewers_[then.client_id];
    if (!played_) {
      if (!viewer.seen.contains(then.campaign_id)) show(viewer, then.campaign_id);
      return;
    }
    days_.insert(step_->day);
    ++figures_.requests;
    if (!formula_) {
      ++figures_.same;
      count(viewer, then.campaign_id, then.price, then.relevance);
      return;
    }
    const auto best = choice::choose(index_, viewer, formula_->weights, keep_back(viewer));
    if (!best) {
      ++figures_.without_ad;
      return;
    }
    figures_.same += best->listing->id == then.campaign_id;
    count(viewer, best->listing->id, best->listing->offer.cost_per_impression,
          best->terms.relevance);
  }

  void apply(const ClickStep& click) {
    const auto viewer = viewers_.find(click.client_id);
    if (viewer == viewers_.end() || !viewer->second.seen.contains(click.campaign_id)) return;
    book_click(click.campaign_id, click.price);
  }

  void set_limits(choice::Listing& listing) const {
    const auto own = formula_->limit_of.find(listing.id);
    listing.offer.impressions_limit =
        own == formula_->limit_of.end() ? scaled(listing.offer.impressions_limit, formula_->limits)
                                        : own->second;
    listing.clicks_limit = scaled(listing.clicks_limit, formula_->limits);
  }

  choice::KeepBack keep_back(const domain::Viewer& viewer) {
    if (!formula_->pacing) return {};
    return [this, &viewer](const std::vector<const choice::Listing*>& participants) {
      std::unordered_set<Id> kept;
      for (const choice::Listing* listing : participants) {
        domain::Campaign campaign;
        campaign.impressions_limit = listing->offer.impressions_limit;
        campaign.shows = listing->offer.shows;
        campaign.start_date = listing->start_date;
        campaign.end_date = listing->end_date;
        const bool is_kept = domain::is_kept_back(campaign, audiences_.of(*listing, viewers_),
                                                  viewer.relevance.of(listing->advertiser_id),
                                                  index_.day(), formula_->pacing_share);
        if (is_kept) kept.insert(listing->id);
      }
      return kept;
    };
  }

  void show(domain::Viewer& viewer, const Id& id) {
    const auto campaign = campaigns_.find(id);
    if (campaign != campaigns_.end()) {
      audiences_.leave(campaign->second, viewer);
      ++campaign->second.offer.shows;
      index_.add_show(id);
    }
    viewer.seen.insert(id);
  }

  void count(domain::Viewer& viewer, const Id& id, double price, double relevance) {
    show(viewer, id);
    const auto campaign = campaigns_.find(id);
    if (campaign != campaigns_.end() && is_counted(campaign->second)) {
      ++figures_.impressions;
      figures_.spent_impressions += price;
      figures_.relevance += relevance;
    }
    const Pair pair{id, viewer.client.id};
    if (!past_.shown.contains(pair)) {
      expect_click(id);
      return;
    }
    const auto clicked = past_.clicked.find(pair);
    // Shown later than then: the click has been passed already.
    if (clicked != past_.clicked.end() && clicked->second.step < number_) {
      book_click(id, clicked->second.price);
    }
  }

  void book_click(const Id& id, double price) {
    const auto campaign = campaigns_.find(id);
    if (campaign == campaigns_.end()) return;
    ++campaign->second.clicks;
    index_.put(campaign->second);
    if (!played_ || !is_counted(campaign->second)) return;
    ++figures_.clicks;
    figures_.spent_clicks += price;
  }

  void expect_click(const Id& id) {
    const auto campaign = campaigns_.find(id);
    if (campaign == campaigns_.end()) return;
    const double rate = past_.rate(id);
    double& expected = expected_[id];
    const auto before = static_cast<std::int64_t>(expected);
    expected += rate;
    campaign->second.clicks += static_cast<std::int64_t>(expected) - before;
    index_.put(campaign->second);
    if (!is_counted(campaign->second)) return;
    figures_.expected_clicks += rate;
    figures_.spent_expected += rate * campaign->second.offer.cost_per_click;
  }

  bool is_counted(const choice::Listing& listing) const {
    return !advertiser_ || listing.advertiser_id == *advertiser_;
  }
  bool ran(const choice::Listing& listing) const {
    const auto first = days_.lower_bound(listing.start_date);
    return first != days_.end() && *first <= listing.end_date;
  }

  const Past past_;
  const Period& period_;
  const Formula* formula_;  // none: as it was
  const std::optional<Id>& advertiser_;

  std::size_t number_ = 0;
  const Step* step_ = nullptr;
  bool played_ = false;

  Viewers viewers_;
  std::unordered_map<Id, choice::Listing> campaigns_;
  choice::Index index_;
  Audiences audiences_;
  std::unordered_map<Id, double> expected_;  // clicks, by campaign
  std::set<domain::Day> days_;               // of what was played
  Figures figures_;
};

Figures play(std::span<const Step> steps, const Period& period, const Formula* formula,
             const std::optional<Id>& advertiser, const Played& played) {
  std::size_t end = steps.size();
  while (end > 0 && !(is_fact(steps[end - 1]) && period.has(steps[end - 1]))) --end;
  World world{steps, period, formula, advertiser};
  for (std::size_t i = 0; i < end; ++i) {
    if (world.take(i, steps[i]) && played) played();
  }
  return world.figures();
}

}  // namespace

bool Period::has(const Step& step) const {
  return (!from || step.at >= *from) && (!until || step.at < *until) &&
         (!from_day || step.day >= *from_day) && (!to_day || step.day <= *to_day);
}

Figures as_recorded(std::span<const Step> steps, const Period& period,
                    const std::optional<Id>& advertiser, const Played& played) {
  return play(steps, period, nullptr, advertiser, played);
}

Figures what_if(std::span<const Step> steps, const Period& period, const Formula& formula,
                const std::optional<Id>& advertiser, const Played& played) {
  return play(steps, period, &formula, advertiser, played);
}

}  // namespace waybill::advert::projections
