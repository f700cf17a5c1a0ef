// The index against a look at all campaigns, which is written here from the contract's words alone.
#include <random>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "services/advert/choice/index.hpp"

using namespace waybill;
using namespace waybill::advert;
using domain::Campaign;
using domain::Viewer;

namespace {

choice::Listing listing_of(const Campaign& campaign) {
  choice::Listing listing;
  listing.id = campaign.id;
  listing.advertiser_id = campaign.advertiser_id;
  listing.offer = {campaign.cost_per_impression, campaign.cost_per_click,
                   campaign.impressions_limit, campaign.shows};
  listing.clicks_limit = campaign.clicks_limit;
  listing.clicks = campaign.clicks;
  listing.start_date = campaign.start_date;
  listing.end_date = campaign.end_date;
  listing.targeting = campaign.targeting;
  listing.created_at = campaign.created_at;
  return listing;
}

bool takes_part(const Campaign& c, const Viewer& viewer, int today) {
  const domain::Targeting& t = c.targeting;
  const bool fits = (!t.gender || *t.gender == "ALL" || *t.gender == viewer.client.gender) &&
                    (!t.age_from || *t.age_from <= viewer.client.age) &&
                    (!t.age_to || viewer.client.age <= *t.age_to) &&
                    (!t.location || *t.location == viewer.client.location);
  return fits && c.start_date <= today && today <= c.end_date && !viewer.seen.contains(c.id) &&
         c.shows < c.impressions_limit + c.impressions_limit / 20 &&
         20 * c.clicks < 21 * std::int64_t{c.clicks_limit};
}

struct Best {
  std::optional<Id> id;
  double score = 0;
};

// The contract's formula, over every campaign.
Best look_at_all(const std::vector<Campaign>& campaigns, const Viewer& viewer, int today) {
  double max_cpc = 0, max_cpi = 0;
  int max_ml = 0;
  for (const auto& [advertiser, ml] : viewer.relevance.scores) max_ml = std::max(max_ml, ml);
  for (const Campaign& c : campaigns) {
    if (!takes_part(c, viewer, today)) continue;
    max_cpc = std::max(max_cpc, c.cost_per_click);
    max_cpi = std::max(max_cpi, c.cost_per_impression);
  }
  Best best;
  const Campaign* chosen = nullptr;
  for (const Campaign& c : campaigns) {
    if (!takes_part(c, viewer, today)) continue;
    const auto found = viewer.relevance.scores.find(c.advertiser_id);
    const double ml = found == viewer.relevance.scores.end() ? 0 : found->second;
    const double score =
        0.9 * (1.0 / 3 * c.cost_per_click / max_cpc + 2.0 / 3 * c.cost_per_impression / max_cpi) +
        0.25 * (max_ml == 0 ? 0 : ml / max_ml) +
        0.15 * (1 - static_cast<double>(c.shows) / c.impressions_limit);
    const bool tie = chosen && std::abs(score - best.score) < 2e-12;
    const bool older =
        tie && std::tie(c.created_at, c.id) < std::tie(chosen->created_at, chosen->id);
    if (!chosen || (!tie && score > best.score) || older) {
      best = {c.id, score};
      chosen = &c;
    }
  }
  return best;
}

struct Town {
  std::vector<Id> advertisers;
  std::vector<Campaign> campaigns;
};

int pick(int from, int to) {  // both included
  return *rc::gen::inRange(from, to + 1);
}

std::optional<std::int32_t> maybe(int from, int to) {
  if (pick(0, 2) == 0) return std::nullopt;
  return pick(from, to);
}

std::string place() {
  return std::string(1, static_cast<char>('A' + pick(0, 2)));
}

Campaign any_campaign(const Town& town) {
  Campaign c;
  c.id = new_id();
  c.advertiser_id = town.advertisers[static_cast<std::size_t>(pick(0, 3))];
  c.impressions_limit = pick(0, 40);
  c.clicks_limit = pick(0, 5);
  c.cost_per_impression = pick(1, 4) / 4.0;
  c.cost_per_click = pick(1, 4);
  c.start_date = pick(-2, 3);
  c.end_date = c.start_date + pick(0, 4);
  c.shows = pick(0, 42);
  c.clicks = pick(0, 5);
  c.created_at = from_unix_micros(pick(0, 3));
  constexpr std::array genders{"MALE", "FEMALE", "ALL"};
  const int gender = pick(0, 3);
  if (gender < 3) c.targeting.gender = genders[static_cast<std::size_t>(gender)];
  c.targeting.age_from = maybe(0, 60);
  c.targeting.age_to = maybe(c.targeting.age_from.value_or(0), 250);
  if (pick(0, 1) == 0) c.targeting.location = place();
  return c;
}

Viewer any_viewer(const Town& town) {
  Viewer viewer;
  viewer.client.age = pick(1, 200);
  viewer.client.gender = pick(0, 1) == 0 ? "MALE" : "FEMALE";
  viewer.client.location = place();
  for (const Id& advertiser : town.advertisers) {
    if (pick(0, 1) == 0) viewer.relevance.add(advertiser, pick(0, 3));
  }
  for (const Campaign& campaign : town.campaigns) {
    if (pick(0, 3) == 0) viewer.seen.insert(campaign.id);
  }
  return viewer;
}

Town any_town(int campaigns) {
  Town town;
  for (int i = 0; i < 4; ++i) town.advertisers.push_back(new_id());
  for (int i = 0; i < campaigns; ++i) town.campaigns.push_back(any_campaign(town));
  return town;
}

}  // namespace

TEST_CASE("the index chooses what a look at all campaigns chooses", "[advert][choice]") {
  CHECK(rc::check("after any changes", [] {
    Town town = any_town(pick(0, 30));
    choice::Index index;
    for (const Campaign& campaign : town.campaigns) index.put(listing_of(campaign));
    for (int step = 0; step < 12; ++step) {
      const int day = pick(-3, 8);
      index.set_day(day);
      if (!town.campaigns.empty() && pick(0, 1) == 0) {
        const auto at =
            static_cast<std::size_t>(pick(0, static_cast<int>(town.campaigns.size()) - 1));
        Campaign changed = any_campaign(town);
        changed.id = town.campaigns[at].id;
        town.campaigns[at] = changed;
        index.put(listing_of(changed));
      } else if (!town.campaigns.empty() && pick(0, 2) == 0) {
        index.remove(town.campaigns.back().id);
        town.campaigns.pop_back();
      } else {
        town.campaigns.push_back(any_campaign(town));
        index.put(listing_of(town.campaigns.back()));
      }
      const Viewer viewer = any_viewer(town);
      const auto chosen = choice::choose(index, viewer, {});
      const Best best = look_at_all(town.campaigns, viewer, day);
      RC_ASSERT(chosen.has_value() == best.id.has_value());
      if (!chosen) continue;
      RC_ASSERT(chosen->listing->id == *best.id);
      RC_ASSERT(std::abs(chosen->score - best.score) < 1e-12);
      for (Campaign& campaign : town.campaigns) campaign.shows += campaign.id == *best.id;
      index.add_show(*best.id);
    }
  }));
}

TEST_CASE("the explanation's first candidate is what the index chooses", "[advert][choice]") {
  CHECK(rc::check("for any viewer", [] {
    const Town town = any_town(20);
    choice::Index index;
    for (const Campaign& campaign : town.campaigns) index.put(listing_of(campaign));
    index.set_day(1);
    const Viewer viewer = any_viewer(town);
    const auto chosen = choice::choose(index, viewer, {});
    const auto judged = domain::judge(town.campaigns, viewer, 1, {});
    RC_ASSERT(judged.size() == town.campaigns.size());
    RC_ASSERT(chosen.has_value() == (judged.front().reason == domain::Reason::none));
    if (chosen) RC_ASSERT(judged.front().campaign->id == chosen->listing->id);
    if (chosen) RC_ASSERT(judged.front().score == chosen->score);
  }));
}

TEST_CASE("100,000 choices among changing campaigns agree with the look at all",
          "[advert][choice]") {
  // Plain dice: a hundred thousand properties would take their time.
  std::mt19937 dice{7};
  const auto roll = [&dice](int from, int to) {
    return std::uniform_int_distribution<int>{from, to}(dice);
  };
  Town town;
  for (int i = 0; i < 4; ++i) town.advertisers.push_back(new_id());
  choice::Index index;
  for (int i = 0; i < 60; ++i) {
    Campaign c;
    c.id = new_id();
    c.advertiser_id = town.advertisers[static_cast<std::size_t>(roll(0, 3))];
    c.impressions_limit = roll(1, 4000);
    c.clicks_limit = 5;
    c.cost_per_impression = roll(1, 9) / 7.0;
    c.cost_per_click = roll(1, 9) / 3.0;
    c.start_date = roll(0, 5);
    c.end_date = c.start_date + roll(0, 5);
    c.created_at = from_unix_micros(roll(0, 20));
    if (roll(0, 1) == 0) c.targeting.age_from = roll(0, 60);
    if (roll(0, 1) == 0) c.targeting.gender = roll(0, 1) == 0 ? "MALE" : "FEMALE";
    if (roll(0, 2) == 0) c.targeting.location = roll(0, 1) == 0 ? "A" : "B";
    town.campaigns.push_back(c);
    index.put(listing_of(c));
  }
  int differ = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (i % 100 == 0) index.set_day(roll(-1, 11));
    Viewer viewer;
    viewer.client.age = roll(1, 90);
    viewer.client.gender = roll(0, 1) == 0 ? "MALE" : "FEMALE";
    viewer.client.location = roll(0, 1) == 0 ? "A" : "B";
    for (const Id& advertiser : town.advertisers) viewer.relevance.add(advertiser, roll(0, 9));
    viewer.seen.insert(town.campaigns[static_cast<std::size_t>(roll(0, 59))].id);
    const auto chosen = choice::choose(index, viewer, {});
    const Best best = look_at_all(town.campaigns, viewer, index.day());
    const auto id = chosen ? std::optional{chosen->listing->id} : std::nullopt;
    differ += id != best.id;
    if (!best.id) continue;
    for (Campaign& campaign : town.campaigns) campaign.shows += campaign.id == *best.id;
    index.add_show(*best.id);
  }
  CHECK(differ == 0);
}

TEST_CASE("ties go to the oldest campaign, then to the lower id", "[advert][choice]") {
  Campaign older;
  older.id = *Id::parse("00000000-0000-0000-0000-00000000000b");
  older.impressions_limit = older.clicks_limit = 10;
  older.cost_per_click = older.cost_per_impression = 1;
  older.created_at = from_unix_micros(1);
  Campaign newer = older;
  newer.id = *Id::parse("00000000-0000-0000-0000-00000000000a");
  newer.created_at = from_unix_micros(2);
  choice::Index index;
  index.put(listing_of(newer));
  index.put(listing_of(older));
  CHECK(choice::choose(index, {}, {})->listing->id == older.id);
  newer.created_at = older.created_at;
  index.put(listing_of(newer));
  CHECK(choice::choose(index, {}, {})->listing->id == newer.id);
}

TEST_CASE("with the fill term `count` few impressions count more than any share",
          "[advert][choice]") {
  const domain::Offer offer{1, 1, 1000, 3};
  domain::Maxima maxima;
  maxima.add(offer);
  CHECK(domain::terms_of(offer, maxima, 0, 0, domain::FillTerm::share).fill == 1 - 3.0 / 1000);
  CHECK(domain::terms_of(offer, maxima, 0, 0, domain::FillTerm::count).fill == -2);
}

TEST_CASE("without any score the relevance is 0, not a division by 0", "[advert][choice]") {
  const domain::Offer offer{1, 1, 10, 0};
  domain::Maxima maxima;
  maxima.add(offer);
  const auto terms = domain::terms_of(offer, maxima, 0, 0, domain::FillTerm::share);
  CHECK(terms.relevance == 0);
  CHECK(domain::score_of(terms, {}) == Approx(0.9 + 0.15));
}

TEST_CASE("pacing insists on less every day, on nothing on the last one", "[advert][choice]") {
  Campaign campaign;
  campaign.start_date = 0;
  campaign.end_date = 10;
  CHECK(domain::pacing_share(campaign, 0, 0.5) == 0.5);
  CHECK(domain::pacing_share(campaign, 5, 0.5) == 0.25);
  CHECK(domain::pacing_share(campaign, 10, 0.5) == 0);
  campaign.end_date = 0;
  CHECK(domain::pacing_share(campaign, 0, 0.5) == 0);
}

TEST_CASE("a campaign with more impressions left than people takes everybody", "[advert][choice]") {
  Campaign campaign;
  campaign.end_date = 10;
  campaign.impressions_limit = 5;
  campaign.shows = 2;
  CHECK_FALSE(domain::is_kept_back(campaign, {3, 100}, 0, 0, 0.5));
  CHECK(domain::is_kept_back(campaign, {4, 100}, 49, 0, 0.5));
  CHECK_FALSE(domain::is_kept_back(campaign, {4, 100}, 50, 0, 0.5));
}
