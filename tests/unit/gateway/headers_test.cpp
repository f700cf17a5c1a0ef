#include <catch2/catch.hpp>

#include "services/gateway/commands/prefer.hpp"
#include "services/gateway/edge/conditions.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

Preference preference(std::initializer_list<std::string> lines) {
  web::Headers headers;
  for (const auto& line : lines) headers.add("prefer", line);
  return read_preference(headers, 5s);
}

}  // namespace

TEST_CASE("without Prefer the standard wait counts, and nothing is said", "[gateway][prefer]") {
  CHECK(preference({}).wait == 5s);
  CHECK(preference({}).applied.empty());
  CHECK(preference({"return=minimal"}).wait == 5s);
}

TEST_CASE("wait=N is followed up to 30 seconds", "[gateway][prefer]") {
  CHECK(preference({"wait=10"}).wait == 10s);
  CHECK(preference({"wait=10"}).applied == "wait=10");
  CHECK(preference({"WAIT = \"7\""}).wait == 7s);
  CHECK(preference({"wait=0"}).wait == 0s);
  CHECK(preference({"wait=100"}).applied == "wait=30");
  CHECK(preference({"wait=99999999999999999999"}).wait == 30s);
}

TEST_CASE("respond-async wins", "[gateway][prefer]") {
  CHECK(preference({"respond-async"}).wait == 0s);
  CHECK(preference({"wait=5, respond-async"}).applied == "respond-async");
  CHECK(preference({"return=minimal", "Respond-Async; x=1"}).applied == "respond-async");
}

TEST_CASE("what is not understood is ignored", "[gateway][prefer]") {
  for (const char* text : {"wait", "wait=", "wait=-1", "wait=1.5", "wait=x", ";", ",,", "=5"}) {
    INFO(text);
    CHECK(preference({text}).wait == 5s);
    CHECK(preference({text}).applied.empty());
  }
  CHECK(preference({"wait=3, wait=9"}).wait == 3s);
}

TEST_CASE("If-Match becomes the version a change is based on", "[gateway][conditions]") {
  CHECK(expected_version("\"7\"") == 7);
  CHECK(expected_version(" \"7\" ") == 7);
  CHECK_FALSE(expected_version(""));
  CHECK_FALSE(expected_version("*"));
  for (const char* tag : {"W/\"7\"", "7", "\"abc\"", "\"\"", "\"-1\"", "\"7\", \"8\"", "\"0\"",
                          "\"99999999999999999999\"", "\""}) {
    INFO(tag);
    CHECK(expected_version(tag) == 0);
  }
}

TEST_CASE("If-None-Match compares weakly and takes lists", "[gateway][conditions]") {
  CHECK(etag_of(7) == "\"7\"");
  CHECK(has_etag("\"7\"", "\"7\""));
  CHECK(has_etag("W/\"7\"", "\"7\""));
  CHECK(has_etag("\"5\" , \"7\"", "\"7\""));
  CHECK(has_etag("*", "\"7\""));
  CHECK_FALSE(has_etag("\"70\"", "\"7\""));
  CHECK_FALSE(has_etag("7", "\"7\""));
  CHECK_FALSE(has_etag("", "\"7\""));
}
