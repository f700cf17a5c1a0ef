// Chance that can be repeated: the same seed gives the same throws on every machine and compiler
// (the standard library's distributions do not promise that).
#pragma once

#include <cstdint>
#include <span>

namespace waybill::testing {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_{seed} {}

  // SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // 0 … n - 1; n must not be 0.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  // Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
  }
  bool in(std::uint64_t wins, std::uint64_t of) { return below(of) < wins; }
  template <class Range>
  auto& one_of(Range& range) {
    return range[below(std::size(range))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace waybill::testing
