// The messages of one connection that the broker has not answered yet. Pure bookkeeping; sequences
// count from 1 without gaps.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "libs/messaging/broker.hpp"

namespace waybill::messaging::rabbit {

class Unconfirmed {
 public:
  using Clock = std::chrono::steady_clock;

  // Messages that occupy the window: the broker owes an answer, even if their own time is over.
  std::size_t size() const { return open_; }
  std::uint64_t next_sequence() const { return first_ + entries_.size(); }

  void add(Publisher::Done done, Clock::time_point deadline) {
    entries_.push_back({std::move(done), deadline, false, false});
    ++open_;
  }

  // basic.return: the broker's confirm follows and then means "unroutable".
  void returned(std::uint64_t sequence) {
    if (auto* entry = find(sequence)) entry->returned = true;
  }

  // Calls answer(done, outcome) for every message that this answers.
  template <class Answer>
  void confirmed(std::uint64_t sequence, bool multiple, bool ack, Answer&& answer) {
    for (auto at = multiple ? first_ : sequence; at <= sequence; ++at) {
      auto* entry = find(at);
      if (entry == nullptr || entry->settled) continue;
      entry->settled = true;
      --open_;
      auto done = std::exchange(entry->done, nullptr);
      if (!done) continue;
      if (!ack) {
        answer(done, Publish::nacked);
      } else {
        answer(done, entry->returned ? Publish::unroutable : Publish::confirmed);
      }
    }
    while (!entries_.empty() && entries_.front().settled) {
      entries_.pop_front();
      ++first_;
    }
  }

  // Answers `failed` for those whose time is over; they stay in the window. Returns the earliest
  // deadline that is left.
  template <class Answer>
  Clock::time_point expire(Clock::time_point now, Answer&& answer) {
    auto earliest = Clock::time_point::max();
    for (auto& entry : entries_) {
      if (!entry.done) continue;
      if (entry.deadline > now) {
        earliest = std::min(earliest, entry.deadline);
      } else {
        answer(std::exchange(entry.done, nullptr), Publish::failed);
      }
    }
    return earliest;
  }

  // The connection is gone: nobody will ever know. Starts anew at sequence 1.
  template <class Answer>
  void fail_all(Answer&& answer) {
    auto lost = std::exchange(entries_, {});
    first_ = 1;
    open_ = 0;
    for (auto& entry : lost) {
      if (entry.done) answer(entry.done, Publish::failed);
    }
  }

 private:
  struct Entry {
    Publisher::Done done;  // empty once answered
    Clock::time_point deadline;
    bool returned;
    bool settled;  // the broker has answered
  };

  Entry* find(std::uint64_t sequence) {
    if (sequence < first_ || sequence - first_ >= entries_.size()) return nullptr;
    return &entries_[sequence - first_];
  }

  std::deque<Entry> entries_;
  std::uint64_t first_ = 1;
  std::size_t open_ = 0;
};

}  // namespace waybill::messaging::rabbit
