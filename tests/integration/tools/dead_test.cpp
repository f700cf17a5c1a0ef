// Dead letters: looked at, tried, sent on and given up, over a real RabbitMQ.
#include <csignal>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/outbox/house.hpp"
#include "tools/waybill/dead/groups.hpp"
#include "tools/waybill/dead/redrive.hpp"

using namespace waybill;
using namespace waybill::testing;
namespace dead = waybill::tool::dead;

namespace {

constexpr auto kPatience = std::chrono::seconds{20};

// A service whose commands die until it is mended; CancelOrder dies of something else, for ever.
struct Hospital {
  Hospital() {
    house.handlers.on<PlaceOrder>(
        [this](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
          for (const auto& command : batch) {
            if (sick) throw std::runtime_error{"order " + command.id().to_string() + " has 3 ears"};
            note(tx, command.id());
          }
          return std::vector<Outcome>(batch.size(), Outcome::ok("{}"));
        });
    house.handlers.on<CancelOrder>([](pg::Tx&, std::span<const Command<CancelOrder>>,
                                      outbox::Writer&) -> std::vector<Outcome> {
      throw std::runtime_error{"nobody cancels"};
    });
    house.start();
  }

  // Sends so many commands and waits until they are dead.
  void bury(const google::protobuf::Message& body, std::size_t count) {
    const std::size_t wanted = waiting() + count;
    for (std::size_t i = 0; i < count; ++i) house.send(house.message(body));
    REQUIRE(eventually(kPatience, [&] { return waiting() == wanted; }));
    REQUIRE(eventually(kPatience, [&] {
      return house.count("SELECT count(*) FROM inbox WHERE dead") ==
             static_cast<std::int64_t>(wanted);
    }));
  }

  std::size_t waiting() { return house.rabbit->ready(house.queue + ".dead").value_or(0); }
  bool waits(std::size_t letters) {
    return eventually(kPatience, [&] { return waiting() == letters; });
  }
  bool done(std::int64_t commands) {
    return eventually(kPatience,
                      [&] { return house.count("SELECT count(*) FROM work") == commands; });
  }

  std::vector<dead::Group> groups() {
    dead::Groups groups;
    dead::Letters letters{*house.rabbit, house.queue};
    while (const auto letter = letters.next()) groups.add(house.queue, *letter);
    return groups.list();
  }

  std::atomic<bool> sick{true};
  House house{{.real_brokers = true}};
};

dead::Choice group(const dead::Group& of) {
  dead::Choice choice;
  choice.group = of.id;
  return choice;
}

dead::Choice everything() {
  dead::Choice choice;
  choice.all = true;
  return choice;
}

// The tool as a process of its own, which can be killed.
pid_t start_retry(const std::string& service, const std::string& rate) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  execl(WAYBILL_TOOL, "waybill", "dead", "retry", "--service", service.c_str(), "--all", "--rate",
        rate.c_str(), static_cast<char*>(nullptr));
  _exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("dead letters are grouped by cause, and stay where they are", "[dead]") {
  Hospital hospital;
  hospital.bury(PlaceOrder{}, 3);
  hospital.bury(CancelOrder{}, 1);
  for (int look = 0; look < 2; ++look) {
    const auto groups = hospital.groups();
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].count == 3);
    CHECK(groups[0].type == "waybill.order.v1.PlaceOrder");
    CHECK(groups[0].cause.find("has 3 ears") != std::string::npos);
    CHECK(groups[0].most_attempts == 1);
    CHECK(parse_rfc3339(groups[0].first).has_value());
    CHECK(groups[0].first <= groups[0].last);
    CHECK(groups[1].count == 1);
    CHECK(groups[1].cause == "nobody cancels");
    CHECK(hospital.waits(4));
  }
}

TEST_CASE("a dry run tells how many would pass, and changes nothing", "[dead]") {
  Hospital hospital;
  hospital.bury(PlaceOrder{}, 3);
  hospital.bury(CancelOrder{}, 2);
  hospital.sick = false;
  const auto found =
      dead::rehearse(*hospital.house.rabbit, hospital.house.queue, everything(), 1000);
  CHECK(found.passing() == 3);
  CHECK(found.failing() == 2);
  CHECK(found.unanswered == 0);
  CHECK(found.would.at("succeeded") == 3);
  CHECK(found.reasons.contains("nobody cancels"));
  CHECK(hospital.waits(5));
  CHECK(hospital.house.count("SELECT count(*) FROM work") == 0);
  CHECK(hospital.house.count("SELECT count(*) FROM inbox WHERE dead") == 5);
}

TEST_CASE("a dry run that nobody answers says so", "[dead]") {
  Hospital hospital;
  hospital.bury(PlaceOrder{}, 2);
  hospital.house.stop();
  const auto found = dead::rehearse(*hospital.house.rabbit, hospital.house.queue, everything(),
                                    1000, std::chrono::milliseconds{300});
  CHECK(found.passing() == 0);
  CHECK(found.unanswered == 2);
}

TEST_CASE("what was mended is done after a retry, and the others stay", "[dead]") {
  Hospital hospital;
  hospital.bury(PlaceOrder{}, 3);
  hospital.bury(CancelOrder{}, 1);
  hospital.sick = false;
  const auto groups = hospital.groups();

  SECTION("a group") {
    const auto outcome =
        dead::retry(*hospital.house.rabbit, hospital.house.queue, group(groups.at(0)), 1000);
    CHECK(outcome.done == 3);
    CHECK(outcome.failed == 0);
    CHECK(outcome.left == 1);
    CHECK(hospital.done(3));
    CHECK(hospital.waits(1));
  }
  SECTION("one") {
    dead::Choice choice;
    choice.ids = {groups.at(0).sample};
    CHECK(dead::retry(*hospital.house.rabbit, hospital.house.queue, choice, 1000).done == 1);
    CHECK(hospital.done(1));
    CHECK(hospital.waits(3));
  }
  SECTION("all: those that die again are dead letters again") {
    CHECK(dead::retry(*hospital.house.rabbit, hospital.house.queue, everything(), 1000).done == 4);
    CHECK(hospital.done(3));
    CHECK(hospital.waits(1));
    CHECK(hospital.groups().at(0).cause == "nobody cancels");
  }
}

TEST_CASE("a retry keeps its pace", "[dead]") {
  Hospital hospital;
  hospital.bury(PlaceOrder{}, 5);
  hospital.sick = false;
  const auto began = std::chrono::steady_clock::now();
  dead::retry(*hospital.house.rabbit, hospital.house.queue, everything(), 10);
  CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds{400});
}

TEST_CASE("a retry that is killed loses nothing, and its repeat does nothing twice", "[dead]") {
  constexpr std::int64_t kLetters = 60;
  Hospital hospital;
  hospital.bury(PlaceOrder{}, kLetters);
  hospital.sick = false;
  for (const std::int64_t seen : {5, 20, 40}) {
    const pid_t pid = start_retry(hospital.house.queue, "60");
    CHECK(eventually(kPatience,
                     [&] { return hospital.house.count("SELECT count(*) FROM work") >= seen; }));
    ::kill(pid, SIGKILL);
    wait_for(pid);
  }
  const pid_t pid = start_retry(hospital.house.queue, "1000");
  CHECK(wait_for(pid) == 0);
  CHECK(hospital.done(kLetters));
  CHECK(hospital.house.count("SELECT count(DISTINCT command_id) FROM work") == kLetters);
  CHECK(hospital.waits(0));
}

TEST_CASE("what is discarded is written down for good", "[dead]") {
  Hospital hospital;
  hospital.bury(PlaceOrder{}, 2);
  hospital.bury(CancelOrder{}, 1);
  const auto groups = hospital.groups();
  const auto outcome =
      dead::discard(*hospital.house.rabbit, hospital.house.queue, hospital.house.database.url(),
                    group(groups.at(0)), "an exercise");
  CHECK(outcome.done == 2);
  CHECK(outcome.left == 1);
  CHECK(hospital.waits(1));
  CHECK(hospital.house.count("SELECT count(*) FROM discarded_command WHERE reason = 'an exercise' "
                             "AND cause LIKE '%ears' AND attempts = 1 AND discarded_by <> '' "
                             "AND first_failed_at IS NOT NULL") == 2);
}

TEST_CASE("what can't be written down is not discarded", "[dead]") {
  Hospital hospital;
  hospital.bury(PlaceOrder{}, 1);
  CHECK_THROWS(dead::discard(*hospital.house.rabbit, hospital.house.queue,
                             "postgresql://127.0.0.1:1/nowhere", everything(), "an exercise"));
  CHECK(hospital.waits(1));
}
