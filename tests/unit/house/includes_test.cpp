// The direction of includes: main → wiring → {commands, queries, events} → domain; drivers stay in
// their rooms.
#include <filesystem>
#include <fstream>
#include <regex>

#include <catch2/catch.hpp>

namespace fs = std::filesystem;

namespace {

struct Include {
  std::string file;  // who includes, from the project's root
  std::string what;  // "libs/pg/pg.hpp" or <pqxx/pqxx>'s inside
};

std::vector<Include> all_includes() {
  static const std::regex pattern{R"(^\s*#include [<"]([^>"]+)[>"])"};
  std::vector<Include> includes;
  for (const auto* root : {"libs", "services", "tools"}) {
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
      const std::string path = entry.path().string();
      if (!path.ends_with(".cpp") && !path.ends_with(".hpp") && !path.ends_with(".ipp")) continue;
      std::ifstream in{path};
      std::smatch match;
      for (std::string line; std::getline(in, line);) {
        if (std::regex_search(line, match, pattern)) includes.push_back({path, match[1]});
      }
    }
  }
  return includes;
}

// The libraries in the order in which they may use each other, as libs/CMakeLists.txt lists them.
const std::vector<std::string> kLayers{"core",   "config",     "auth",    "log",       "metrics",
                                       "async",  "web",        "trace",   "pg",        "cache",
                                       "blob",   "image",      "drawing", "messaging", "contract",
                                       "outbox", "projection", "runtime", "testing"};

std::size_t layer(const std::string& path) {
  for (std::size_t i = 0; i < kLayers.size(); ++i) {
    if (path.starts_with("libs/" + kLayers[i] + "/")) return i;
  }
  return kLayers.size();
}

std::string room(const std::string& path) {  // services/order/domain/x.hpp → domain
  const fs::path parts{path};
  auto part = parts.begin();
  std::advance(part, 2);
  const auto next = std::next(part);
  return next == parts.end() ? "" : part->string();
}

}  // namespace

TEST_CASE("a library uses only those listed before it", "[house]") {
  for (const Include& include : all_includes()) {
    if (!include.file.starts_with("libs/") || !include.what.starts_with("libs/")) continue;
    INFO(include.file << " includes " << include.what);
    CHECK(layer(include.what) <= layer(include.file));
  }
}

TEST_CASE("libraries know no service, and services not each other", "[house]") {
  for (const Include& include : all_includes()) {
    if (!include.what.starts_with("services/")) continue;
    INFO(include.file << " includes " << include.what);
    const auto owner = include.what.substr(0, include.what.find('/', 9) + 1);
    // The tool reads topics with the services' own code.
    const bool tool = include.file.starts_with("tools/") &&
                      include.what.find("/projections/") != std::string::npos;
    CHECK((include.file.starts_with(owner) || tool));
  }
}

TEST_CASE("the domain includes only libs/core and itself", "[house]") {
  for (const Include& include : all_includes()) {
    if (!include.file.starts_with("services/") || room(include.file) != "domain") continue;
    INFO(include.file << " includes " << include.what);
    const bool own = include.what.starts_with("libs/core/") ||
                     include.what.find("/domain/") != std::string::npos;
    CHECK((own || include.what.find('/') == std::string::npos ||
           include.what.starts_with("boost/json") || include.what.starts_with("fmt/")));
  }
}

TEST_CASE("the store knows neither commands nor queries", "[house]") {
  for (const Include& include : all_includes()) {
    if (!include.file.starts_with("services/") || room(include.file) != "store") continue;
    INFO(include.file << " includes " << include.what);
    CHECK(include.what.find("/commands/") == std::string::npos);
    CHECK(include.what.find("/queries/") == std::string::npos);
  }
}

TEST_CASE("driver headers stay inside the library that wraps them", "[house]") {
  static const std::regex driver{
      R"(^(boost/beast|pqxx/|libpq-fe|librdkafka|amqp|hiredis/|spdlog/|prometheus/|curl/|yaml-cpp|valijson|re2/|CLI/|argon2|vips/))"};
  std::map<std::string, std::string>
      wrappers;  // private headers that name a driver, and their folder
  for (const Include& include : all_includes()) {
    if (!std::regex_search(include.what, driver)) continue;
    INFO(include.file << " includes " << include.what);
    const bool command_line =
        include.file.starts_with("tools/") && include.what.starts_with("CLI/");
    CHECK((include.file.starts_with("libs/") || command_line));
    if (include.file.ends_with(".hpp"))
      wrappers[include.file] = include.file.substr(0, include.file.find('/', 5) + 1);
  }
  for (const Include& include : all_includes()) {
    const auto wrapper = wrappers.find(include.what);
    if (wrapper == wrappers.end()) continue;
    INFO(include.file << " includes " << include.what << ", which includes a driver's header");
    CHECK(include.file.starts_with(wrapper->second));
  }
}
