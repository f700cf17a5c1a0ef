// The deliveries of one channel that are not settled yet, so that what forms a prefix is
// acknowledged with one frame. Pure; delivery tags count from 1 without gaps (AMQP 0-9-1: per
// channel, growing by one).
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace waybill::messaging::rabbit {

class Outstanding {
 public:
  struct Ack {
    std::uint64_t tag;
    bool multiple;
    bool operator==(const Ack&) const = default;
  };

  std::size_t size() const { return open_; }

  void delivered(std::uint64_t tag) {
    while (first_ + settled_.size() <= tag) {
      settled_.push_back(false);
      ++open_;
    }
  }

  // What to tell the broker so that exactly these are acknowledged. Tags that are unknown or
  // settled already are left out.
  std::vector<Ack> ack(std::span<const std::uint64_t> tags) {
    const auto fresh = settle(tags);
    std::vector<Ack> acks;
    // "multiple" takes all unsettled tags up to its own, and its own must be one of them: the last
    // fresh one of the prefix.
    std::uint64_t last_of_prefix = 0;
    std::size_t in_prefix = 0;
    for (const auto tag : fresh) {
      if (tag >= first_) {
        acks.push_back({tag, false});
      } else {
        last_of_prefix = std::max(last_of_prefix, tag);
        ++in_prefix;
      }
    }
    if (in_prefix > 0) acks.push_back({last_of_prefix, in_prefix > 1});
    return acks;
  }

  // The tags that are to be given back one by one.
  std::vector<std::uint64_t> requeue(std::span<const std::uint64_t> tags) { return settle(tags); }

 private:
  // Marks; returns those that were unsettled; moves first_ behind the settled prefix.
  std::vector<std::uint64_t> settle(std::span<const std::uint64_t> tags) {
    std::vector<std::uint64_t> fresh;
    fresh.reserve(tags.size());
    for (const auto tag : tags) {
      if (tag < first_ || tag - first_ >= settled_.size() || settled_[tag - first_]) continue;
      settled_[tag - first_] = true;
      fresh.push_back(tag);
      --open_;
    }
    while (!settled_.empty() && settled_.front()) {
      settled_.pop_front();
      ++first_;
    }
    return fresh;
  }

  std::deque<bool> settled_;
  std::uint64_t first_ = 1;
  std::size_t open_ = 0;
};

}  // namespace waybill::messaging::rabbit
