#include "libs/cache/windows.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace waybill::cache;
using namespace std::chrono_literals;

namespace {

const Windows::Time kStart{std::chrono::hours{1}};
const Limit kThreeInTen{3, 10s};

}  // namespace

TEST_CASE("as many calls pass as the limit says, then none until one is over", "[cache][limit]") {
  Windows windows;
  CHECK(windows.admit("a", kThreeInTen, kStart).left == 2);
  CHECK(windows.admit("a", kThreeInTen, kStart + 1s).left == 1);
  const auto third = windows.admit("a", kThreeInTen, kStart + 2s);
  CHECK(third.admitted);
  CHECK(third.left == 0);
  CHECK(third.next == 8s);

  const auto fourth = windows.admit("a", kThreeInTen, kStart + 4s);
  CHECK_FALSE(fourth.admitted);
  CHECK(fourth.next == 6s);
  CHECK_FALSE(windows.admit("a", kThreeInTen, kStart + 10s - 1us).admitted);
  CHECK(windows.admit("a", kThreeInTen, kStart + 10s).admitted);
  CHECK_FALSE(windows.admit("a", kThreeInTen, kStart + 10s).admitted);
}

TEST_CASE("a refused call does not count", "[cache][limit]") {
  Windows windows;
  for (int i = 0; i < 3; ++i) windows.admit("a", kThreeInTen, kStart);
  for (int i = 0; i < 100; ++i) windows.admit("a", kThreeInTen, kStart + 9s);
  CHECK(windows.admit("a", kThreeInTen, kStart + 10s).left == 2);
}

TEST_CASE("each key is counted for itself", "[cache][limit]") {
  Windows windows;
  for (int i = 0; i < 3; ++i) windows.admit("a", kThreeInTen, kStart);
  CHECK_FALSE(windows.look("a", kThreeInTen, kStart).admitted);
  CHECK(windows.look("b", kThreeInTen, kStart).admitted);
}

TEST_CASE("a limit that is lowered or raised counts from the next call on", "[cache][limit]") {
  Windows windows;
  for (int i = 0; i < 3; ++i) windows.admit("a", kThreeInTen, kStart + i * 1s);
  const auto lowered = windows.look("a", {1, 10s}, kStart + 3s);
  CHECK_FALSE(lowered.admitted);
  CHECK(lowered.next == 9s);  // the third has to be over
  CHECK(windows.admit("a", {5, 10s}, kStart + 3s).left == 1);
}

TEST_CASE("in no window of that length are more calls than the limit, whenever they come",
          "[cache][limit]") {
  std::mt19937 random{7};  // NOLINT: the same calls in each run
  Windows windows;
  std::vector<Windows::Time> admitted;
  auto now = kStart;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::milliseconds{random() % 2'000};
    if (windows.admit("a", kThreeInTen, now).admitted) admitted.push_back(now);
  }
  REQUIRE(admitted.size() > 1'000);
  std::size_t too_close = 0;
  for (std::size_t i = 3; i < admitted.size(); ++i) {
    too_close += admitted[i] - admitted[i - 3] < kThreeInTen.window ? 1 : 0;
  }
  CHECK(too_close == 0);
}

TEST_CASE("a call passes after the time that the refusal named", "[cache][limit]") {
  Windows windows;
  for (int i = 0; i < 3; ++i) windows.admit("a", kThreeInTen, kStart + i * 700ms);
  const auto refused = windows.admit("a", kThreeInTen, kStart + 5s);
  REQUIRE_FALSE(refused.admitted);
  CHECK(windows.admit("a", kThreeInTen, kStart + 5s + refused.next).admitted);
}

TEST_CASE("memory is bounded: the keys that were asked longest ago are forgotten",
          "[cache][limit]") {
  Windows windows{1'000};
  for (int i = 0; i < 10'000; ++i) windows.admit(std::to_string(i), kThreeInTen, kStart);
  CHECK(windows.size() <= 1'000);
  CHECK(windows.look("9999", kThreeInTen, kStart).left == 2);
  CHECK(windows.look("0", kThreeInTen, kStart).left == 3);
}

TEST_CASE("windows that are over cost nothing any more", "[cache][limit]") {
  Windows windows;
  for (int i = 0; i < 1'000; ++i) windows.admit(std::to_string(i), kThreeInTen, kStart);
  windows.admit("new", kThreeInTen, kStart + 11s);
  CHECK(windows.size() == Windows::kKeyCost + 1);
}
