#include "libs/config/settings.hpp"

#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

using namespace waybill::config;
using namespace std::chrono_literals;

namespace {

// An environment variable for the time of a test.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_{std::move(name)} {
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

struct Sample {
  std::string name = "default";
  std::chrono::milliseconds time = 30min;
  std::int64_t count = 3;
  bool on = false;
  std::vector<std::string> list;
  Secret secret;

  Settings::Next parse(std::vector<const char*> arguments) {
    Settings settings{"sample", "for tests"};
    settings.add("unit.name", name, "a name");
    settings.add("unit.wait-time", time, "a time");
    settings.add("unit.count", count, "a count");
    settings.add("unit.on", on, "a switch");
    settings.add("unit.list", list, "a list");
    settings.add("unit.secret", secret, "a secret");
    arguments.insert(arguments.begin(), "sample");
    return settings.parse(static_cast<int>(arguments.size()), arguments.data());
  }
};

}  // namespace

TEST_CASE("without anything the defaults hold", "[config]") {
  Sample sample;
  sample.parse({});
  CHECK(sample.name == "default");
  CHECK(sample.time == 30min);
  CHECK(sample.count == 3);
}

TEST_CASE("a flag beats the environment, which beats the file", "[config]") {
  const std::string path = "/tmp/waybill_unit_settings.conf";
  std::ofstream{path} << "unit.name = file\nunit.count = 7\nunit.wait-time = 250ms\n";
  const Variable name{"WAYBILL_UNIT_NAME", "environment"};
  const Variable count{"WAYBILL_UNIT_COUNT", "8"};
  Sample sample;
  sample.parse({"--config", path.c_str(), "--unit.name", "flag"});
  CHECK(sample.name == "flag");
  CHECK(sample.count == 8);
  CHECK(sample.time == 250ms);
}

TEST_CASE("durations carry their unit", "[config]") {
  for (const auto& [text, expected] :
       std::vector<std::pair<const char*, std::chrono::milliseconds>>{
           {"250ms", 250ms}, {"5s", 5s}, {"30m", 30min}, {"1h", 1h}, {"7d", 168h}, {"0", 0ms}}) {
    Sample sample;
    sample.parse({"--unit.wait-time", text});
    CHECK(sample.time == expected);
  }
}

TEST_CASE("a value that can't be read is refused with its name", "[config]") {
  for (const auto& [flag, value] :
       std::vector<std::pair<const char*, const char*>>{{"--unit.wait-time", "5"},
                                                        {"--unit.wait-time", "fast"},
                                                        {"--unit.count", "x"},
                                                        {"--unit.on", "maybe"}}) {
    Sample sample;
    CHECK_THROWS_AS(sample.parse({flag, value}), SettingsError);
  }
  Sample sample;
  CHECK_THROWS_AS(sample.parse({"--unit.unknown", "1"}), SettingsError);
}

TEST_CASE("secrets come from the environment or a file, never from a flag", "[config]") {
  Sample sample;
  CHECK_THROWS_AS(sample.parse({"--unit.secret", "x"}), SettingsError);
  {
    const Variable secret{"WAYBILL_UNIT_SECRET", "hush"};
    sample.parse({});
    CHECK(sample.secret.reveal() == "hush");
  }
  std::ofstream{"/tmp/waybill_unit_secret"} << "from a file\n";
  const Variable file{"WAYBILL_UNIT_SECRET_FILE", "/tmp/waybill_unit_secret"};
  sample.parse({});
  CHECK(sample.secret.reveal() == "from a file");
}

TEST_CASE("lists are comma separated", "[config]") {
  Sample sample;
  sample.parse({"--unit.list", "a,b,c"});
  CHECK(sample.list == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("the settings file is named by the command line or the environment", "[config]") {
  CHECK(waybill::config::file_of({"program", "--config", "a.conf"}) == "a.conf");
  CHECK(waybill::config::file_of({"program", "--config=b.conf", "--x=1"}) == "b.conf");
  CHECK(waybill::config::file_of({"program", "--configured=b.conf"}).empty());
}
