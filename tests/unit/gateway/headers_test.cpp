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

TEST_CASE("the tag of a packed form names the same version", "[gateway][conditions]") {
  CHECK(packed_etag("\"7\"") == "\"7-gzip\"");
  CHECK(packed_etag("W/\"7\"") == "W/\"7\"");
  CHECK(expected_version("\"7-gzip\"") == 7);
  CHECK(expected_version("\"-gzip\"") == 0);
  CHECK(has_etag("\"7-gzip\"", "\"7\""));
  CHECK_FALSE(has_etag("\"8-gzip\"", "\"7\""));
}

TEST_CASE("conditions turn the answer of a read into 304 or 412", "[gateway][conditions]") {
  const auto status = [](const std::string& method, const std::string& name,
                         const std::string& value, int before = 200) {
    web::Request request;
    request.method = method;
    request.headers.add(name, value);
    web::Response response{before, "application/json", "{}"};
    response.headers.add("ETag", "\"7\"");
    return apply_conditions(request, std::move(response)).status;
  };
  CHECK(status("GET", "If-None-Match", "\"7\"") == 304);
  CHECK(status("HEAD", "If-None-Match", "\"6\", \"7\"") == 304);
  CHECK(status("GET", "If-None-Match", "\"6\"") == 200);
  CHECK(status("GET", "If-Match", "\"7\"") == 200);
  CHECK(status("GET", "If-Match", "\"7-gzip\"") == 200);
  CHECK(status("GET", "If-Match", "*") == 200);
  CHECK(status("GET", "If-Match", "\"6\"") == 412);
  CHECK(status("GET", "If-Match", "W/\"7\"") == 412);
  CHECK(status("PUT", "If-None-Match", "\"7\"") == 200);
  CHECK(status("GET", "If-None-Match", "\"7\"", 404) == 404);
}

TEST_CASE("a 304 carries the tag that the client has", "[gateway][conditions]") {
  for (const std::string tag : {"\"7\"", "\"7-gzip\""}) {
    web::Request request;
    request.method = "GET";
    request.headers.add("If-None-Match", tag);
    web::Response response{200, "application/json", "{}"};
    response.headers.add("ETag", "\"7\"");
    response.headers.add("Cache-Control", "max-age=300");
    response.headers.add("Link", "x");
    const auto answer = apply_conditions(request, std::move(response));
    CHECK(answer.headers.get("ETag") == tag);
    CHECK(answer.headers.get("Cache-Control") == "max-age=300");
    CHECK_FALSE(answer.headers.has("Link"));
    CHECK(answer.body.empty());
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
