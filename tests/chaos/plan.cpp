#include "tests/chaos/plan.hpp"

#include <array>

#include <fmt/format.h>

#include "libs/testing/dice.hpp"

namespace waybill::chaos {
namespace {

using std::chrono::milliseconds;
using testing::Dice;

constexpr std::array kOfLinks{Kind::refuse, Kind::reset, Kind::hang_up,  Kind::cut_after,
                              Kind::delay,  Kind::slice, Kind::throttle, Kind::half_open};
constexpr std::array kOfServices{Kind::kill, Kind::kill, Kind::freeze, Kind::restart};

struct OfServer {
  Kind kind;
  const char* server;
};
constexpr std::array kOfServers{
    OfServer{Kind::crash, "postgres"},      OfServer{Kind::away, "postgres"},
    OfServer{Kind::hang, "postgres"},       OfServer{Kind::disconnect, "postgres"},
    OfServer{Kind::crash, "rabbitmq"},      OfServer{Kind::away, "rabbitmq"},
    OfServer{Kind::block, "rabbitmq"},      OfServer{Kind::full, "rabbitmq"},
    OfServer{Kind::disconnect, "rabbitmq"}, OfServer{Kind::crash, "kafka"},
    OfServer{Kind::away, "kafka"},          OfServer{Kind::hang, "kafka"},
    OfServer{Kind::crash, "redis"},         OfServer{Kind::away, "redis"},
    OfServer{Kind::flush, "redis"},         OfServer{Kind::garbage, "redis"},
};

milliseconds between(Dice& dice, int low, int high) {
  return milliseconds{dice.between(low, high)};
}

Fault break_link(Dice& dice, const Link& link) {
  Fault fault{.kind = dice.one_of(kOfLinks), .target = link.name()};
  fault.up = dice.in(1, 2);
  switch (fault.kind) {
    case Kind::refuse:
      fault.lasts = between(dice, 200, 3'000);
      break;
    case Kind::cut_after:  // small numbers hit handshakes, large ones the work
      fault.lasts = between(dice, 1'000, 3'000);
      fault.amount = dice.below(std::uint64_t{1} << dice.between(4, 16));
      break;
    case Kind::delay:
      fault.lasts = between(dice, 500, 3'000);
      fault.amount = dice.below(400) + 20;
      break;
    case Kind::slice:
      fault.lasts = between(dice, 500, 3'000);
      fault.amount = dice.below(16) + 1;
      break;
    case Kind::throttle:
      fault.lasts = between(dice, 500, 3'000);
      fault.amount = dice.below(20'000) + 1'000;
      break;
    case Kind::half_open:
      fault.lasts = between(dice, 500, 6'000);
      break;
    default:
      break;
  }
  return fault;
}

Fault break_service(Dice& dice, const std::string& service) {
  Fault fault{.kind = dice.one_of(kOfServices), .target = service};
  fault.amount = dice.below(100);  // which of its processes
  if (fault.kind == Kind::freeze) fault.lasts = between(dice, 500, 8'000);
  return fault;
}

Fault break_server(Dice& dice) {
  const OfServer& what = dice.one_of(kOfServers);
  Fault fault{.kind = what.kind, .target = what.server};
  if (what.kind == Kind::away || what.kind == Kind::hang || what.kind == Kind::block ||
      what.kind == Kind::full) {
    fault.lasts = between(dice, 500, 4'000);
  }
  return fault;
}

}  // namespace

std::string to_string(Kind kind) {
  constexpr std::array names{"refuse",  "reset",      "hang-up",   "cut-after", "delay",
                             "slice",   "throttle",   "half-open", "kill",      "freeze",
                             "restart", "crash",      "away",      "hang",      "flush",
                             "garbage", "disconnect", "block",     "full"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string to_string(const Fault& fault) {
  std::string text = fault.target + ' ' + to_string(fault.kind);
  switch (fault.kind) {
    case Kind::cut_after:
      text += fmt::format(" {} bytes", fault.amount);
      break;
    case Kind::delay:
      text += fmt::format(" {} ms", fault.amount);
      break;
    case Kind::slice:
      text += fmt::format(" {} bytes", fault.amount);
      break;
    case Kind::throttle:
      text += fmt::format(" {} bytes/s", fault.amount);
      break;
    default:
      break;
  }
  if (fault.kind >= Kind::cut_after && fault.kind <= Kind::half_open) {
    text += fault.up ? " up" : " down";
  }
  if (fault.lasts.count() > 0) text += fmt::format(" for {:.1f} s", fault.lasts.count() / 1000.0);
  return text;
}

std::vector<Fault> make_plan(std::uint64_t seed, std::size_t faults, const Playground& playground) {
  Dice dice{seed};
  std::vector<Fault> plan;
  for (std::size_t i = 0; i < faults; ++i) {
    const milliseconds calm = between(dice, 100, 1'500);
    const std::uint64_t side = dice.below(4);
    Fault fault = side < 2    ? break_link(dice, dice.one_of(playground.links))
                  : side == 2 ? break_service(dice, dice.one_of(playground.services))
                              : break_server(dice);
    fault.calm = calm;
    plan.push_back(std::move(fault));
  }
  return plan;
}

}  // namespace waybill::chaos
