// Sliding windows in the memory of this process: never more than `calls` of a key are admitted in
// any `window`. Bounded: beyond `most` remembered calls the keys that were asked longest ago are
// forgotten. Pure, not thread-safe; the time is the caller's, and must not go back.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace waybill::cache {

struct Limit {
  std::int64_t calls = 0;  // at least 1
  std::chrono::microseconds window{0};

  bool operator==(const Limit&) const = default;
};

struct Verdict {
  bool admitted = false;
  std::int64_t left = 0;              // calls that would be admitted now, after this one
  std::chrono::microseconds next{0};  // until one more is free
};

class Windows {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Windows(std::size_t most = 1'000'000) : most_{most} {}

  // Admits and counts, or refuses; a refused call does not count.
  Verdict admit(const std::string& key, const Limit& limit, Time now);
  // Would this call be refused? Counts nothing.
  Verdict look(const std::string& key, const Limit& limit, Time now);
  // Counts a call that somebody else has admitted.
  void count(const std::string& key, const Limit& limit, Time now);

  // Calls that are remembered; a key costs as much as kKeyCost of them.
  std::size_t size() const { return size_; }
  static constexpr std::size_t kKeyCost = 16;

 private:
  struct Window {
    std::string key;
    std::vector<Time> calls;  // admitted ones, oldest first
    Time ends;                // when all of them are over
  };
  using List = std::list<Window>;

  Window* find(const std::string& key, const Limit& limit, Time now);
  void forget(List::iterator window);
  void forget_old(Time now);

  const std::size_t most_;
  List windows_;  // the one that was asked last in front
  std::unordered_map<std::string, List::iterator> by_key_;
  std::size_t size_ = 0;
};

}  // namespace waybill::cache
