#include "services/order/domain/transitions.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace waybill::order::domain {

std::string_view to_string(Actor actor) {
  switch (actor) {
    case Actor::saga:
      return "saga";
    case Actor::owner:
      return "owner";
    case Actor::staff:
      return "staff";
    case Actor::timer:
      return "timer";
  }
  return "saga";
}

std::span<const Transition> transitions() {
  static const std::vector<Transition> table{
      {Status::pending, Status::confirmed, {Actor::saga}},
      {Status::pending, Status::rejected, {Actor::saga}},
      {Status::confirmed, Status::paid, {Actor::staff}},
      {Status::confirmed, Status::canceled, {Actor::owner, Actor::staff, Actor::timer}},
      {Status::paid, Status::shipped, {Actor::staff}},
      {Status::paid, Status::canceled, {Actor::owner, Actor::staff}},
      {Status::shipped, Status::delivered, {Actor::staff}},
  };
  return table;
}

bool is_final(Status status) {
  return std::ranges::none_of(transitions(),
                              [status](const Transition& move) { return move.from == status; });
}

std::vector<Status> reachable(Status from, Actor by) {
  std::vector<Status> states;
  for (const Transition& move : transitions()) {
    if (move.from == from && std::ranges::find(move.by, by) != move.by.end()) {
      states.push_back(move.to);
    }
  }
  return states;
}

Result<void> check_transition(Status from, Status to, Actor by) {
  const std::vector<Status> states = reachable(from, by);
  if (std::ranges::find(states, to) != states.end()) return {};
  boost::json::array allowed;
  for (const Status state : states) allowed.emplace_back(to_string(state));
  return conflict(
      "illegal-transition",
      fmt::format("An order that is {} can't become {} this way.", to_string(from), to_string(to)),
      {{"from", to_string(from)}, {"to", to_string(to)}, {"allowed", allowed}});
}

}  // namespace waybill::order::domain
