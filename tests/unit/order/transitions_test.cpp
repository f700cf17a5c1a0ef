// The table of moves: every pair of states with every actor.
#include "services/order/domain/transitions.hpp"

#include <catch2/catch.hpp>

#include "services/order/domain/changes.hpp"

using namespace waybill;
using namespace waybill::order::domain;

namespace {

const Instant kNow = from_unix_micros(2'000'000);

// The contract, written down once more as one would read it.
const std::set<std::tuple<Status, Status, Actor>> kLegal{
    {Status::pending, Status::confirmed, Actor::saga},
    {Status::pending, Status::rejected, Actor::saga},
    {Status::confirmed, Status::paid, Actor::staff},
    {Status::confirmed, Status::canceled, Actor::owner},
    {Status::confirmed, Status::canceled, Actor::staff},
    {Status::confirmed, Status::canceled, Actor::timer},
    {Status::paid, Status::shipped, Actor::staff},
    {Status::paid, Status::canceled, Actor::owner},
    {Status::paid, Status::canceled, Actor::staff},
    {Status::shipped, Status::delivered, Actor::staff},
};

Order order_at(Status status) {
  Order order;
  order.id = new_id();
  order.user_id = new_id();
  order.status = status;
  order.version = 7;
  order.created_at = from_unix_micros(1'000'000);
  if (status == Status::confirmed) order.expires_at = from_unix_micros(9'000'000);
  return order;
}

std::set<std::string> texts(const boost::json::value& array) {
  std::set<std::string> all;
  for (const boost::json::value& value : array.as_array()) all.emplace(value.as_string());
  return all;
}

}  // namespace

TEST_CASE("every pair of states allows exactly the actors of the contract", "[order][states]") {
  for (const Status from : all_statuses) {
    for (const Status to : all_statuses) {
      for (const Actor by : all_actors) {
        CAPTURE(to_string(from), to_string(to), to_string(by));
        const bool legal = kLegal.contains({from, to, by});
        CHECK(check_transition(from, to, by).has_value() == legal);
        const auto moved = move(order_at(from), to, by, std::nullopt, kNow);
        REQUIRE(moved.has_value() == legal);
        if (!legal) continue;
        CHECK(moved->status == to);
        CHECK(moved->version == 8);
        CHECK(moved->updated_at == kNow);
        CHECK_FALSE(moved->expires_at);
      }
    }
  }
}

TEST_CASE("an illegal move names both states and what this actor may do instead",
          "[order][states]") {
  const auto refused = check_transition(Status::paid, Status::delivered, Actor::staff);
  REQUIRE_FALSE(refused.has_value());
  const Fault& fault = refused.error();
  CHECK(fault.kind == FaultKind::conflict);
  CHECK(fault.code == "illegal-transition");
  CHECK(fault.members.at("from").as_string() == "PAID");
  CHECK(fault.members.at("to").as_string() == "DELIVERED");
  CHECK(texts(fault.members.at("allowed")) == std::set<std::string>{"SHIPPED", "CANCELED"});
  const auto owner = check_transition(Status::paid, Status::delivered, Actor::owner);
  CHECK(texts(owner.error().members.at("allowed")) == std::set<std::string>{"CANCELED"});
}

TEST_CASE("DELIVERED, CANCELED and REJECTED are final", "[order][states]") {
  std::set<Status> ends;
  for (const Status status : all_statuses) {
    if (is_final(status)) ends.insert(status);
  }
  CHECK(ends == std::set<Status>{Status::delivered, Status::canceled, Status::rejected});
}

TEST_CASE("a status is read in any case, and nothing else is", "[order][states]") {
  for (const Status status : all_statuses) {
    std::string text{to_string(status)};
    CHECK(parse_status(text) == status);
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    CHECK(parse_status(text) == status);
    text[0] = static_cast<char>(std::toupper(text[0]));
    CHECK(parse_status(text) == status);
    CHECK_FALSE(parse_status(text + " "));
  }
  CHECK_FALSE(parse_status(""));
  CHECK_FALSE(parse_status("CANCELLED"));
}

TEST_CASE("stock goes back when a confirmed or paid order is canceled, and only then",
          "[order][states]") {
  for (const Status before : all_statuses) {
    for (const Status after : all_statuses) {
      const bool expected =
          after == Status::canceled && (before == Status::confirmed || before == Status::paid);
      CHECK(releases_stock(before, after) == expected);
    }
  }
}
