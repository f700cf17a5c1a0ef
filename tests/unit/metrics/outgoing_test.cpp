// Calls to the outside, as they are told.
#include "libs/metrics/outgoing.hpp"

#include <catch2/catch.hpp>

using namespace waybill::metrics;

namespace {

std::string line_of(const std::string& operation, const std::string& outcome,
                    const std::string& tail) {
  const std::string line = "integration_request_duration_seconds_" + tail;
  const std::string labels = "{operation=\"" + operation + "\",outcome=\"" + outcome +
                             "\",service=\"" + process_name() + "\",target=\"elsewhere\"";
  const std::string text = exposition();
  const auto at = text.find(line + labels);
  REQUIRE(at != std::string::npos);
  return text.substr(at, text.find('\n', at) - at);
}

std::string count(const std::string& operation, const std::string& outcome) {
  const std::string line = line_of(operation, outcome, "count");
  return line.substr(line.rfind(' ') + 1);
}

}  // namespace

TEST_CASE("a call that nobody called a success has failed", "[metrics]") {
  const OutgoingKind kind{"elsewhere", "ask"};
  { const Outgoing call{kind}; }
  CHECK(count("ask", "failed") == "1");
  CHECK(count("ask", "ok") == "0");
}

TEST_CASE("a call that an exception ends has failed, one that succeeded has not", "[metrics]") {
  const OutgoingKind kind{"elsewhere", "throw"};
  const auto fail = [&kind] {
    const Outgoing call{kind};
    throw std::runtime_error{"away"};
  };
  CHECK_THROWS(fail());
  Outgoing{kind}.succeeded();
  CHECK(count("throw", "failed") == "1");
  CHECK(count("throw", "ok") == "1");
}

TEST_CASE("the same target and operation count together, whoever made the kind", "[metrics]") {
  OutgoingKind{"elsewhere", "share"}.observe(std::chrono::milliseconds{3}, true);
  OutgoingKind{"elsewhere", "share"}.observe(std::chrono::milliseconds{30}, true);
  CHECK(count("share", "ok") == "2");
}
