#include "services/advert/choice/index.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace waybill::advert::choice {

Index::Gender Index::gender_of(const std::string& text) {
  if (text == "MALE") return male;
  return text == "FEMALE" ? female : all;
}

std::size_t Index::step_of(std::int32_t age) {
  return std::min(static_cast<std::size_t>(std::max(age, 0)) / 10, kSteps - 1);
}

bool Index::can_be_shown(const Listing& listing) const {
  const bool runs = listing.start_date <= day_ && day_ <= listing.end_date;
  const bool has_impressions =
      listing.offer.shows < domain::most_impressions(listing.offer.impressions_limit);
  return runs && has_impressions && 20 * listing.clicks < 21 * std::int64_t{listing.clicks_limit};
}

Index::Shelf& Index::shelf_of(const Listing& listing) {
  const auto& location = listing.targeting.location;
  return location ? by_location_[*location] : everywhere_;
}

void Index::for_each_list(const Listing& listing, const std::function<void(List&)>& visit) {
  const domain::Targeting& targeting = listing.targeting;
  auto& steps = shelf_of(listing)[gender_of(targeting.gender.value_or("ALL"))];
  const std::size_t first = step_of(targeting.age_from.value_or(0));
  const std::size_t last =
      step_of(targeting.age_to.value_or(std::numeric_limits<std::int32_t>::max()));
  for (std::size_t step = first; step <= last; ++step) visit(steps[step]);
}

void Index::place(std::uint32_t slot) {
  for_each_list(slots_[slot].listing, [slot](List& list) { list.push_back(slot); });
  slots_[slot].shown = true;
}

void Index::take_away(std::uint32_t slot) {
  for_each_list(slots_[slot].listing, [slot](List& list) {
    const auto found = std::find(list.begin(), list.end(), slot);
    *found = list.back();
    list.pop_back();
  });
  slots_[slot].shown = false;
}

void Index::settle(std::uint32_t slot) {
  const bool wanted = can_be_shown(slots_[slot].listing);
  if (wanted && !slots_[slot].shown) place(slot);
  if (!wanted && slots_[slot].shown) take_away(slot);
}

void Index::put(Listing listing) {
  const auto [known, is_new] = places_.try_emplace(listing.id, 0);
  if (is_new) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    known->second = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[known->second];
  const bool moves = slot.shown && slot.listing.targeting != listing.targeting;
  if (moves) take_away(known->second);
  slot.listing = std::move(listing);
  slot.used = true;
  settle(known->second);
}

void Index::remove(const Id& id) {
  const auto known = places_.find(id);
  if (known == places_.end()) return;
  if (slots_[known->second].shown) take_away(known->second);
  slots_[known->second] = {};
  free_.push_back(known->second);
  places_.erase(known);
}

// Everybody may come or go: the shelves are filled anew.
void Index::set_day(domain::Day day) {
  if (day == day_) return;
  day_ = day;
  everywhere_ = {};
  by_location_.clear();
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    slots_[slot].shown = false;
    if (slots_[slot].used) settle(slot);
  }
}

void Index::clear() {
  const domain::Day day = day_;
  *this = Index{};
  day_ = day;
}

void Index::add_show(const Id& id) {
  const std::uint32_t slot = places_.at(id);
  ++slots_[slot].listing.offer.shows;
  settle(slot);
}

void Index::look(const Shelf& shelf, const domain::Client& client,
                 std::vector<const Listing*>& found) const {
  const std::size_t step = step_of(client.age);
  for (const Gender gender : {all, gender_of(client.gender)}) {
    for (const std::uint32_t slot : shelf[gender][step]) {
      const Listing& listing = slots_[slot].listing;
      const domain::Targeting& targeting = listing.targeting;
      if (targeting.age_from && client.age < *targeting.age_from) continue;
      if (targeting.age_to && client.age > *targeting.age_to) continue;
      found.push_back(&listing);
    }
  }
}

std::vector<const Listing*> Index::find(const domain::Client& client) const {
  std::vector<const Listing*> found;
  look(everywhere_, client, found);
  const auto local = by_location_.find(client.location);
  if (local != by_location_.end()) look(local->second, client, found);
  return found;
}

std::optional<Chosen> choose(const Index& index, const domain::Viewer& viewer,
                             const domain::Weights& weights, const KeepBack& keep_back) {
  std::vector<const Listing*> participants = index.find(viewer.client);
  std::erase_if(participants,
                [&](const Listing* listing) { return viewer.seen.contains(listing->id); });
  if (keep_back && !participants.empty()) {
    const auto kept = keep_back(participants);
    std::erase_if(participants, [&](const Listing* listing) { return kept.contains(listing->id); });
  }
  domain::Maxima maxima;
  for (const Listing* listing : participants) maxima.add(listing->offer);
  std::optional<Chosen> best;
  double best_rank = 0;
  for (const Listing* listing : participants) {
    const domain::Terms terms =
        terms_of(listing->offer, maxima, viewer.relevance.of(listing->advertiser_id),
                 viewer.relevance.best, weights.fill_term);
    const double score = domain::score_of(terms, weights);
    const double rank = domain::rank_of(score);
    const bool older = best && std::tie(listing->created_at, listing->id) <
                                   std::tie(best->listing->created_at, best->listing->id);
    if (!best || rank > best_rank || (rank == best_rank && older)) {
      best_rank = rank;
      best = Chosen{listing, terms, score, participants.size()};
    }
  }
  return best;
}

}  // namespace waybill::advert::choice
