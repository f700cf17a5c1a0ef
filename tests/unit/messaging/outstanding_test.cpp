#include "libs/messaging/rabbit/outstanding.hpp"

#include <random>
#include <set>

#include <catch2/catch.hpp>

namespace waybill::messaging::rabbit {
namespace {

using Acks = std::vector<Outstanding::Ack>;

Outstanding with(std::uint64_t count) {
  Outstanding outstanding;
  for (std::uint64_t tag = 1; tag <= count; ++tag) outstanding.delivered(tag);
  return outstanding;
}

std::vector<std::uint64_t> tags(std::initializer_list<std::uint64_t> list) {
  return list;
}

}  // namespace

TEST_CASE("a prefix is acknowledged with one frame", "[messaging][acks]") {
  auto outstanding = with(10);
  CHECK(outstanding.ack(tags({3, 1, 2})) == Acks{{3, true}});
  CHECK(outstanding.ack(tags({4})) == Acks{{4, false}});
  CHECK(outstanding.size() == 6);
}

TEST_CASE("what is no prefix is acknowledged singly", "[messaging][acks]") {
  auto outstanding = with(10);
  CHECK(outstanding.ack(tags({5, 7})) == Acks{{5, false}, {7, false}});
  // 5 and 7 are settled, so a "multiple" up to 6 takes exactly what is left before it.
  CHECK(outstanding.ack(tags({1, 2, 3, 4, 6, 9})) == Acks{{9, false}, {6, true}});
  CHECK(outstanding.size() == 2);
}

TEST_CASE("unknown tags and tags that were settled are left out", "[messaging][acks]") {
  auto outstanding = with(3);
  CHECK(outstanding.ack(tags({0, 4, 99})).empty());
  CHECK(outstanding.ack(tags({1, 1})) == Acks{{1, false}});
  CHECK(outstanding.ack(tags({1})).empty());
  CHECK(outstanding.requeue(tags({1, 2})) == tags({2}));
  CHECK(outstanding.ack(tags({2, 3})) == Acks{{3, false}});
}

TEST_CASE("whatever the order, the broker ends up with exactly what was acknowledged",
          "[messaging][acks]") {
  std::mt19937 random{4711};
  for (int round = 0; round < 200; ++round) {
    auto outstanding = with(60);
    std::set<std::uint64_t> at_broker;
    std::vector<std::uint64_t> order;
    for (std::uint64_t tag = 1; tag <= 60; ++tag) {
      at_broker.insert(tag);
      order.push_back(tag);
    }
    std::ranges::shuffle(order, random);
    for (std::size_t at = 0; at < order.size();) {
      const auto size = std::min<std::size_t>(1 + random() % 9, order.size() - at);
      const std::span batch{order.data() + at, size};
      at += size;
      auto expected = at_broker;
      for (const auto tag : batch) expected.erase(tag);
      for (const auto& [tag, multiple] : outstanding.ack(batch)) {
        // The broker closes the channel for a tag that it does not hold.
        REQUIRE(at_broker.contains(tag));
        at_broker.erase(multiple ? at_broker.begin() : at_broker.find(tag),
                        at_broker.upper_bound(tag));
      }
      REQUIRE(at_broker == expected);
    }
  }
}

}  // namespace waybill::messaging::rabbit
