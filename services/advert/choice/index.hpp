// The campaigns that can be shown today, found by gender, age and location without looking at the
// others. One thread at a time. It proposes only: limits and uniqueness are the database's.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/advert/domain/choice.hpp"

namespace waybill::advert::choice {

// A campaign without its texts: what the choice needs of it.
struct Listing {
  Id id;
  Id advertiser_id;
  domain::Offer offer;
  std::int32_t clicks_limit = 0;
  std::int64_t clicks = 0;
  domain::Day start_date = 0;
  domain::Day end_date = 0;
  domain::Targeting targeting;
  Instant created_at;
};

class Index {
 public:
  // New, or as it is now.
  void put(Listing listing);
  void remove(const Id& id);
  void set_day(domain::Day day);
  void clear();
  // One more impression of a known campaign.
  void add_show(const Id& id);

  domain::Day day() const { return day_; }
  std::size_t size() const { return places_.size(); }
  // The campaigns that run today, have something left of both limits, and fit the client.
  std::vector<const Listing*> find(const domain::Client& client) const;

 private:
  // Ages in steps of ten; the last one has all from 200 up.
  static constexpr std::size_t kSteps = 21;
  using List = std::vector<std::uint32_t>;                // places in slots_
  using Shelf = std::array<std::array<List, kSteps>, 3>;  // by gender, then age
  enum Gender : std::size_t { all = 0, male = 1, female = 2 };

  struct Slot {
    Listing listing;
    bool shown = false;  // on the shelves
    bool used = false;
  };

  static Gender gender_of(const std::string& text);
  static std::size_t step_of(std::int32_t age);
  bool can_be_shown(const Listing& listing) const;
  Shelf& shelf_of(const Listing& listing);
  void for_each_list(const Listing& listing, const std::function<void(List&)>& visit);
  void place(std::uint32_t slot);
  void take_away(std::uint32_t slot);
  void settle(std::uint32_t slot);
  void look(const Shelf& shelf, const domain::Client& client,
            std::vector<const Listing*>& found) const;

  domain::Day day_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<Id, std::uint32_t> places_;
  Shelf everywhere_;
  std::unordered_map<std::string, Shelf> by_location_;
};

// What pacing keeps from the viewer, of those that would take part; empty where it is off.
using KeepBack =
    std::function<std::unordered_set<Id>(const std::vector<const Listing*>& participants)>;

struct Chosen {
  const Listing* listing = nullptr;
  domain::Terms terms;
  double score = 0;
  std::size_t candidates = 0;  // that took part
};

// The best of those that take part; nothing where none does. The listing is valid until the index
// changes.
std::optional<Chosen> choose(const Index& index, const domain::Viewer& viewer,
                             const domain::Weights& weights, const KeepBack& keep_back = {});

}  // namespace waybill::advert::choice
