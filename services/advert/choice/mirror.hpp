// Keeps the index in step with the database: what was committed, and nothing that was rolled back.
// A worker that holds the turn brings it up to date by what changed since it looked last; when the
// last change was its own, there is nothing to read.
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "libs/metrics/metrics.hpp"
#include "services/advert/choice/index.hpp"
#include "services/advert/store/turn.hpp"

namespace waybill::advert::choice {

class Mirror {
 public:
  // To be held from catch_up() to note(), by a thread that holds the turn.
  std::unique_lock<std::mutex> lock() { return std::unique_lock{mutex_}; }

  void catch_up(pg::Tx& tx, const store::Turn& turn);
  const Index& index() const { return index_; }
  // A show that this transaction will record: in the index at once, and doubted from now on.
  void add_show(const Id& campaign);
  // The database has those shows under this turn's revision. Whether they were committed shows at
  // the next turn; without this call they are read again.
  void note(const store::Turn& turn);
  // Begins anew: the database disagrees.
  void forget();

 private:
  double age_seconds() const;  // since it was last known to be in step
  void read_changes(pg::Tx& tx, const store::Turn& turn);

  std::mutex mutex_;
  Index index_;
  // Of the last transaction that is known to be committed.
  std::int64_t revision_ = -1;
  Id writer_;
  // Of the last one of ours that may not be; none while there are shows it does not have yet.
  std::int64_t own_revision_ = -1;
  Id own_writer_;
  std::vector<Id> uncertain_;
  std::int64_t in_step_at_ = 0;  // steady clock, microseconds
  metrics::Gauge& age_ = metrics::gauge(
      "advert_index_age_seconds", "How old the index was when it was last brought up to date.");
};

}  // namespace waybill::advert::choice
