#include "services/gateway/edge/lenient.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::gateway;
namespace json = boost::json;

namespace {

web::Request ask_for(const std::string& path) {
  web::Request request;
  request.method = "POST";
  request.path = path;
  return request;
}

json::object rewritten(const Fault& fault) {
  const web::Request request = ask_for("/v1/time/advance");
  web::Response response = web::problem_response(fault, request);
  make_lenient(request, response);
  return json::parse(response.body).as_object();
}

}  // namespace

TEST_CASE("codes are told in capitals, with extra", "[gateway][lenient]") {
  const json::object problem = rewritten(not_found());
  CHECK(problem.at("code") == "NOT_FOUND");
  CHECK(problem.at("type") == "/problems/NOT_FOUND");
  CHECK(problem.at("extra") == json::object{});
  CHECK(rewritten({FaultKind::unsupported, "unsupported-type", "", {}}).at("code") ==
        "UNSUPPORTED_MEDIA_TYPE");
  CHECK(rewritten({FaultKind::rate_limited, "rate-limited", "", {}}).at("code") == "RATE_LIMITED");
}

TEST_CASE("a request of the wrong form is told every violation, by key and source",
          "[gateway][lenient]") {
  const json::array errors{
      json::object{{"pointer", "/targeting/age_from"}, {"message", "must be at least 0"}},
      json::object{{"parameter", "client_id"}, {"message", "is required"}}};
  const json::object problem =
      rewritten(invalid("Validation failed for POST /v1/x", {{"errors", errors}}));
  CHECK(problem.at("code") == "BAD_REQUEST");
  const std::string detail{problem.at("detail").as_string()};
  CHECK(detail.find("Validation failed") != std::string::npos);
  CHECK(detail.find("POST /v1/time/advance") != std::string::npos);
  CHECK(detail.find("client_id") != std::string::npos);
  CHECK(problem.at("extra").at(0) == json::value{{"message", "must be at least 0"},
                                                 {"key", "targeting/age_from"},
                                                 {"source", "body"}});
  CHECK(problem.at("extra").at(1).at("source") == "query");
  CHECK_FALSE(problem.contains("errors"));
}

TEST_CASE("broken JSON is a failed validation of the body", "[gateway][lenient]") {
  const json::object problem =
      rewritten({FaultKind::invalid, "malformed-json", "The body is no JSON.", {}});
  CHECK(problem.at("extra").as_array().size() == 1);
  CHECK(std::string{problem.at("detail").as_string()}.find("Validation failed") == 0);
}

TEST_CASE("what a service says itself stays as it is", "[gateway][lenient]") {
  const json::object extra{{"word", "B4D"}};
  const json::object problem =
      rewritten({FaultKind::invalid, "BAD_REQUEST", "Profanity in the title.", {{"extra", extra}}});
  CHECK(problem.at("detail") == "Profanity in the title.");
  CHECK(problem.at("extra") == extra);
}

TEST_CASE("an answer that is no problem is not touched", "[gateway][lenient]") {
  const web::Request request = ask_for("/v1/ping");
  web::Response response{200, "application/json", "{}"};
  make_lenient(request, response);
  CHECK(response.body == "{}");
}
