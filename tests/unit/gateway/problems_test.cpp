#include "services/gateway/docs/problems.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <re2/re2.h>

#include "services/gateway/docs/docs.hpp"

using namespace waybill;
using namespace waybill::gateway;

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// Codes as the sources of services and libraries write them down.
std::set<std::string> codes_in_sources() {
  static const RE2 kUse{R"((?:\b(?:conflict|unprocessable)\(\s*|FaultKind::\w+,\s*|)"
                        R"(\bRefusal \w+\{\d+,\s*|\brefuse\(\d+,\s*)\"([a-z]+(?:-[a-z]+)*)\")"};
  std::set<std::string> codes;
  for (const char* root : {"libs", "services"}) {
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string text = read(entry.path());
      re2::StringPiece rest{text};
      for (std::string code; RE2::FindAndConsume(&rest, kUse, &code);) codes.insert(code);
    }
  }
  return codes;
}

}  // namespace

TEST_CASE("every code that the sources use has its page", "[gateway][problems]") {
  const auto used = codes_in_sources();
  REQUIRE(used.contains("out-of-stock"));
  REQUIRE(used.contains("malformed-request"));
  std::set<std::string_view> known;
  for (const Problem& problem : problems()) known.insert(problem.code);
  for (const std::string& code : used) {
    INFO(code);
    CHECK(known.contains(code));
  }
}

TEST_CASE("codes stand in order, once", "[gateway][problems]") {
  const auto& all = problems();
  const auto unordered = std::adjacent_find(
      all.begin(), all.end(), [](const Problem& a, const Problem& b) { return a.code >= b.code; });
  CHECK(unordered == all.end());
}

TEST_CASE("the type of a problem is the address of a page that explains it",
          "[gateway][problems]") {
  const Docs docs{{}, ""};
  const auto ask = [&docs](const std::string& path) {
    web::Request request;
    request.method = "GET";
    request.path = path;
    return docs.answer(request);
  };
  for (const Problem& problem : problems()) {
    const auto page = ask("/problems/" + std::string{problem.code});
    REQUIRE(page);
    CHECK(page->shared_body->find(problem.meaning) != std::string::npos);
  }
  CHECK(ask("/problems")->shared_body->find("/problems/out-of-stock") != std::string::npos);
  CHECK_FALSE(ask("/problems/no-such-code"));
}
