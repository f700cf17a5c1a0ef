#include "services/advert/choice/mirror.hpp"

#include <chrono>
#include <unordered_set>

#include "services/advert/store/campaigns.hpp"

namespace waybill::advert::choice {
namespace {

std::int64_t steady_micros() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace

void Mirror::catch_up(pg::Tx& tx, const store::Turn& turn) {
  if (in_step_at_ > 0) age_.set(age_seconds());
  const bool own_is_newest = turn.revision == own_revision_ && turn.writer == own_writer_;
  if (own_is_newest && !turn.is_mine) {
    revision_ = turn.revision;
    writer_ = turn.writer;
    uncertain_.clear();
  } else if (turn.revision != revision_ || turn.writer != writer_ || !uncertain_.empty()) {
    // Fewer revisions than were seen, or others of the same number: another history.
    if (turn.revision < revision_ || (turn.revision == revision_ && turn.writer != writer_)) {
      forget();
    }
    read_changes(tx, turn);
  }
  index_.set_day(turn.day);
  in_step_at_ = steady_micros();
}

void Mirror::read_changes(pg::Tx& tx, const store::Turn& turn) {
  // What we made and was rolled back is not there any more.
  std::unordered_set<Id> gone{uncertain_.begin(), uncertain_.end()};
  std::vector<Id> read;
  for (store::Change& change : store::find_changes(tx, revision_, uncertain_)) {
    const Id id = change.listing.id;
    read.push_back(id);
    if (change.deleted) {
      gone.insert(id);
    } else {
      gone.erase(id);
      index_.put(std::move(change.listing));
    }
  }
  for (const Id& id : gone) index_.remove(id);
  if (turn.is_mine) {
    uncertain_.insert(uncertain_.end(), read.begin(), read.end());
    return;
  }
  uncertain_.clear();
  revision_ = turn.revision;
  writer_ = turn.writer;
}

void Mirror::add_show(const Id& campaign) {
  own_revision_ = -1;
  own_writer_ = {};
  uncertain_.push_back(campaign);
  index_.add_show(campaign);
}

void Mirror::note(const store::Turn& turn) {
  own_revision_ = turn.revision;
  own_writer_ = turn.writer;
}

void Mirror::forget() {
  index_.clear();
  revision_ = -1;
  writer_ = {};
  own_revision_ = -1;
  own_writer_ = {};
  uncertain_.clear();
}

double Mirror::age_seconds() const {
  return static_cast<double>(steady_micros() - in_step_at_) / 1e6;
}

}  // namespace waybill::advert::choice
