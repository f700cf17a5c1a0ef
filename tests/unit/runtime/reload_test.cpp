#include "libs/runtime/reload.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"

using namespace waybill;
using namespace waybill::runtime;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

struct Fixture {
  Fixture() {
    fs::create_directories(folder);
    write("a", "first");
    Reload::Part part;
    part.name = "text";
    part.paths = {folder.string()};
    part.apply = [this] { apply(); };
    reload = std::make_unique<Reload>(std::vector{part}, health, 10ms);
    reload->start();
  }
  ~Fixture() {
    reload->stop();
    fs::remove_all(folder);
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream{folder / name} << text;
  }
  void apply() {
    ++applied;
    std::ifstream in{folder / "a"};
    std::string text;
    in >> text;
    if (text == "bad") throw std::runtime_error("/secret/path: bad");
  }

  const fs::path folder = fs::temp_directory_path() / ("waybill-reload-" + new_id().to_string());
  Health health;
  std::atomic<int> applied{0};
  std::unique_ptr<Reload> reload;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a file that changes is put in force", "[runtime][reload]") {
  write("a", "another");
  CHECK(testing::eventually(3s, [&] { return applied == 1; }));
  write("b", "a new file in the folder");
  CHECK(testing::eventually(3s, [&] { return applied == 2; }));
  fs::remove(folder / "b");
  CHECK(testing::eventually(3s, [&] { return applied == 3; }));
  CHECK(health.state() == Health::State::ready);
}

TEST_CASE_METHOD(Fixture, "a link that is swapped is a change", "[runtime][reload]") {
  write("other", "x");
  REQUIRE(testing::eventually(3s, [&] { return applied == 1; }));
  fs::create_symlink(folder / "other", folder / "link");
  REQUIRE(testing::eventually(3s, [&] { return applied == 2; }));
  fs::create_symlink(folder / "a", folder / "new");
  fs::rename(folder / "new", folder / "link");
  CHECK(testing::eventually(3s, [&] { return applied >= 3; }));
}

TEST_CASE_METHOD(Fixture, "a file that can't be used is told until it can", "[runtime][reload]") {
  write("a", "bad");
  CHECK(testing::eventually(3s, [&] { return health.state() == Health::State::degraded; }));
  CHECK(health.to_json().find("the new text can't be used") != std::string::npos);
  CHECK(health.to_json().find("secret") == std::string::npos);
  write("a", "good again");
  CHECK(testing::eventually(3s, [&] { return health.state() == Health::State::ready; }));
}
