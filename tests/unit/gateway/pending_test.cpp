#include "services/gateway/commands/pending.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::gateway;
using messaging::Publish;

namespace {

common::v1::Outcome outcome(const Id& command, int status = 201) {
  common::v1::Outcome made;
  made.set_command_id(command.to_string());
  made.set_status(status);
  return made;
}

struct Fixture {
  boost::asio::io_context io;
  Pending pending{io};
  Id command = new_id();
};

}  // namespace

TEST_CASE_METHOD(Fixture, "requests with one id share one flight", "[gateway][pending]") {
  const auto first = pending.join(command, "f", true);
  const auto second = pending.join(command, "f", true);
  CHECK(first.is_new);
  CHECK_FALSE(second.is_new);
  CHECK(first.flight == second.flight);
  pending.resolve(outcome(command));
  CHECK(first.flight->done.is_set());
  CHECK(first.flight->outcome->status() == 201);
  CHECK(pending.size() == 0);
}

TEST_CASE_METHOD(Fixture, "another request under the same key is a mismatch",
                 "[gateway][pending]") {
  const auto first = pending.join(command, "f", true);
  CHECK(pending.join(command, "g", true).flight == nullptr);
  pending.leave(command, first.flight, true);
  CHECK(pending.join(command, "g", true).flight == nullptr);
  pending.resolve(outcome(command));
  CHECK(pending.join(command, "g", true).is_new);
}

TEST_CASE_METHOD(Fixture, "a repeat after everybody has left is published again",
                 "[gateway][pending]") {
  const auto first = pending.join(command, "f", true);
  pending.leave(command, first.flight, true);
  const auto again = pending.join(command, "f", true);
  CHECK(again.is_new);
  CHECK(again.flight != first.flight);
  pending.resolve(outcome(command));
  CHECK(again.flight->outcome);
}

TEST_CASE_METHOD(Fixture, "the second outcome of a repeat is not taken for another request's",
                 "[gateway][pending]") {
  const auto first = pending.join(command, "f", true);
  pending.leave(command, first.flight, true);
  const auto again = pending.join(command, "f", true);
  pending.resolve(outcome(command));
  pending.leave(command, again.flight, true);
  CHECK(pending.join(command, "g", true).flight == nullptr);
  pending.resolve(outcome(command));
  CHECK(pending.join(command, "g", true).is_new);
}

TEST_CASE_METHOD(Fixture, "without a key nothing is remembered", "[gateway][pending]") {
  const auto entry = pending.join(command, "f", false);
  pending.leave(command, entry.flight, false);
  CHECK(pending.size() == 0);
}

TEST_CASE_METHOD(Fixture, "what the broker does not take is over for all who wait",
                 "[gateway][pending]") {
  const auto entry = pending.join(command, "f", true);
  SECTION("confirmed: the outcome is still to come") {
    pending.published(command, entry.flight, Publish::confirmed);
    CHECK(entry.flight->published.is_set());
    CHECK_FALSE(entry.flight->done.is_set());
  }
  SECTION("unroutable") {
    pending.published(command, entry.flight, Publish::unroutable);
    CHECK(entry.flight->done.is_set());
    CHECK(pending.size() == 0);
  }
  SECTION("failed, but the outcome was quicker") {
    pending.resolve(outcome(command));
    pending.published(command, entry.flight, Publish::failed);
    CHECK(entry.flight->outcome);
  }
}

TEST_CASE_METHOD(Fixture, "outcomes that nobody waits for are dropped", "[gateway][pending]") {
  pending.resolve(outcome(new_id()));
  common::v1::Outcome broken;
  broken.set_command_id("no id");
  pending.resolve(std::move(broken));
  CHECK(pending.size() == 0);
}
