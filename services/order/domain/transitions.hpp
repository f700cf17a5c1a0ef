// Which moves of an order exist, and who may make them. The one table that checks, answers and
// documents go by.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "libs/core/fault.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::domain {

enum class Actor { saga, owner, staff, timer };

inline constexpr std::array all_actors{Actor::saga, Actor::owner, Actor::staff, Actor::timer};

std::string_view to_string(Actor actor);

struct Transition {
  Status from;
  Status to;
  std::vector<Actor> by;
};

// Every move there is.
std::span<const Transition> transitions();

// The states from which nothing leads on.
bool is_final(Status status);

// Where this actor may take an order that stands at `from`.
std::vector<Status> reachable(Status from, Actor by);

// 409 illegal-transition {from, to, allowed} for every move that is not this actor's to make;
// `allowed` is what he may do instead.
Result<void> check_transition(Status from, Status to, Actor by);

}  // namespace waybill::order::domain
