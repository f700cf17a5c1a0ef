#include "libs/messaging/rabbit/unconfirmed.hpp"

#include <catch2/catch.hpp>

namespace waybill::messaging::rabbit {
namespace {

using Clock = Unconfirmed::Clock;
const auto kNever = Clock::time_point::max();

// Five messages in flight, and what each was told.
struct InFlight {
  InFlight() {
    for (std::size_t i = 0; i < told.size(); ++i) add(i, kNever);
  }
  void add(std::size_t i, Clock::time_point deadline) {
    window.add([this, i](Publish outcome) { told[i].push_back(outcome); }, deadline);
  }
  static void answer(const Publisher::Done& done, Publish outcome) { done(outcome); }

  using Told = std::vector<Publish>;
  std::array<Told, 5> told;
  Unconfirmed window;
};

const InFlight::Told kConfirmed{Publish::confirmed};
const InFlight::Told kNacked{Publish::nacked};
const InFlight::Told kUnroutable{Publish::unroutable};
const InFlight::Told kFailed{Publish::failed};

}  // namespace

TEST_CASE("a multiple confirm answers all up to its tag, once", "[messaging][confirms]") {
  InFlight flight;
  flight.window.confirmed(2, false, true, InFlight::answer);
  flight.window.confirmed(4, true, true, InFlight::answer);
  flight.window.confirmed(4, true, true, InFlight::answer);

  for (std::size_t i = 0; i < 4; ++i) CHECK(flight.told[i] == kConfirmed);
  CHECK(flight.told[4].empty());
  CHECK(flight.window.size() == 1);
  CHECK(flight.window.next_sequence() == 6);
}

TEST_CASE("a nack says so, a returned message is unroutable", "[messaging][confirms]") {
  InFlight flight;
  flight.window.returned(2);
  flight.window.confirmed(2, true, true, InFlight::answer);
  flight.window.confirmed(3, false, false, InFlight::answer);

  CHECK(flight.told[0] == kConfirmed);
  CHECK(flight.told[1] == kUnroutable);
  CHECK(flight.told[2] == kNacked);
}

TEST_CASE("a message that is too late fails, keeps its place and is not answered again",
          "[messaging][confirms]") {
  InFlight flight;
  const auto now = Clock::now();
  std::vector<Publish> late;
  flight.window.add([&](Publish outcome) { late.push_back(outcome); }, now);
  flight.window.add([](Publish) {}, now + std::chrono::seconds{1});

  const auto next = flight.window.expire(now, InFlight::answer);
  CHECK(next == now + std::chrono::seconds{1});
  CHECK(late == kFailed);
  CHECK(flight.window.size() == 7);

  flight.window.confirmed(7, true, true, InFlight::answer);
  CHECK(late == kFailed);
  CHECK(flight.window.size() == 0);
}

TEST_CASE("a broken connection fails what is open and starts counting anew",
          "[messaging][confirms]") {
  InFlight flight;
  flight.window.confirmed(1, false, true, InFlight::answer);
  flight.window.fail_all(InFlight::answer);

  CHECK(flight.told[0] == kConfirmed);
  for (std::size_t i = 1; i < 5; ++i) CHECK(flight.told[i] == kFailed);
  CHECK(flight.window.size() == 0);
  CHECK(flight.window.next_sequence() == 1);
}

TEST_CASE("confirms of sequences that were never sent change nothing", "[messaging][confirms]") {
  InFlight flight;
  flight.window.confirmed(9, false, true, InFlight::answer);
  flight.window.confirmed(0, false, true, InFlight::answer);
  flight.window.returned(42);
  CHECK(flight.window.size() == 5);
}

}  // namespace waybill::messaging::rabbit
