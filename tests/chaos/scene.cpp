#include "tests/chaos/scene.hpp"

#include <cstdio>
#include <filesystem>

#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"

namespace waybill::chaos {
namespace {

constexpr std::size_t kMostNamed = 10;

bool complain(const char* what, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) {
    say(fmt::format("{}: {}", what, names[i]));
  }
  if (names.size() > kMostNamed) say(fmt::format("{}: {} in all", what, names.size()));
  return !names.empty();
}

}  // namespace

void say(const std::string& what) {
  static const auto began = std::chrono::steady_clock::now();
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - began;
  fmt::print("[{:6.1f} s] {}\n", since.count(), what);
  std::fflush(stdout);
}

Scene::Scene(int count) {
  platform(fmt::format("scale order={0} product={0}", count));
  platform("services-up");
  if (!testing::eventually(seconds{60}, e2e::is_ready)) {
    throw std::runtime_error{"the platform does not become ready behind the gates"};
  }
}

bool Scene::judge(Traffic& traffic) {
  gates.calm();
  const bool ready = testing::eventually(seconds{120}, e2e::is_ready);
  if (!ready) say("the platform is not ready two minutes after the last fault");
  traffic.stop();
  return judge(traffic.book()) && ready;
}

bool Scene::judge(const e2e::Book& book) {
  const std::string history =
      std::filesystem::temp_directory_path() / (e2e::unique("history") + ".ndjson");
  book.write_history(history);
  say("audit …");
  const std::string command =
      fmt::format("{} audit --quiet --settle 120s --since {} --history {} || echo UNCLEAN",
                  WAYBILL_TOOL, to_rfc3339(began_), history);
  std::string told;
  // A broker that has just been killed takes connections before it answers.
  testing::eventually(seconds{120}, [&] {
    told = e2e::run(command);
    return told.find("CHECK") != std::string::npos;
  });
  std::fputs(told.c_str(), stdout);
  const bool surprised = complain("surprise", book.surprises());
  const bool stale = complain("stale read", book.stale_reads());
  const bool clean = told.find("UNCLEAN") == std::string::npos;
  if (clean) {
    std::filesystem::remove(history);
  } else {
    say("the answers that the clients got: " + history);
  }
  return clean && !surprised && !stale;
}

}  // namespace waybill::chaos
