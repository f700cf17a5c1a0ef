#include <catch2/catch.hpp>

#include "tests/unit/contract/fixture.hpp"

using namespace waybill;
using namespace waybill::contract;

namespace {

Contract list_contract() {
  Files files;
  files.add("a", R"(
paths:
  /v1/things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
    get:
      operationId: listThings
      x-access: public
      x-limit: default
      x-query: {service: thing}
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: in_stock, in: query, schema: {type: boolean}}
        - {name: name, in: query, schema: {type: string, maxLength: 3}}
        - {name: tag, in: query, schema: {type: array, maxItems: 2, items: {type: integer}}}
        - {name: day, in: query, required: true, schema: {type: string, format: date}}
        - {name: X-Level, in: header, schema: {type: integer}}
      responses: {'200': {description: Fine.}}
    patch:
      operationId: changeThing
      x-access: public
      x-limit: default
      requestBody:
        required: true
        content: {application/merge-patch+json: {schema: {type: object}}}
      responses: {'200': {description: Fine.}}
)");
  return files.load();
}

Complaints about_query(const std::string& query, web::Headers headers = {}) {
  const auto contract = list_contract();
  const auto match = contract.match("GET", "/v1/things/019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11");
  web::Request request;
  request.query = *web::parse_query(query);
  request.headers = std::move(headers);
  Complaints texts;
  for (const auto& violation : contract.validate(*match.value, match.params, request, nullptr)) {
    CHECK_FALSE(violation.in_body);
    texts.push_back(violation.where + " " + violation.message);
  }
  return texts;
}

}  // namespace

TEST_CASE("query parameters are texts that are read by their schema", "[contract][request]") {
  CHECK(about_query("day=2026-01-31&limit=5&in_stock=true&name=123&tag=1&tag=2").empty());
  CHECK(about_query("day=2026-01-31&limit=0&in_stock=yes&name=1234&tag=1&tag=x&tag=3") ==
        Complaints{"limit must be at least 1", "in_stock must be true or false",
                   "name must have at most 3 characters", "tag must have at most 2 item(s)",
                   "tag must be an integer"});
  for (const char* text : {"limit=", "limit=1x", "limit= 1", "limit=0x1", "limit=1e", "limit=+1"}) {
    INFO(text);
    CHECK(about_query(std::string{"day=2026-01-31&"} + text) ==
          Complaints{"limit must be an integer"});
  }
}

TEST_CASE("unknown, missing and repeated parameters are refused", "[contract][request]") {
  CHECK(about_query("limit=1&limit=2&foo=1&foo=2") ==
        Complaints{"foo is not known here", "limit is given more than once", "day is required"});
}

TEST_CASE("headers of the contract are checked, others are nobody's business",
          "[contract][request]") {
  web::Headers headers;
  headers.add("x-level", "high");
  headers.add("X-Other", "anything");
  CHECK(about_query("day=2026-01-31", headers) == Complaints{"X-Level must be an integer"});
}

TEST_CASE("a path with an id that is no UUID names nothing", "[contract][request]") {
  const auto contract = list_contract();
  const auto good = contract.match("GET", "/v1/things/019A2F4C-7c1e-7d3a-9f52-3f0a6f1f2b11");
  const auto bad = contract.match("GET", "/v1/things/17");
  CHECK(contract.may_exist(*good.value, good.params));
  CHECK_FALSE(contract.may_exist(*bad.value, bad.params));
}

TEST_CASE("a body needs one of the media types, with UTF-8", "[contract][request]") {
  const auto contract = list_contract();
  const auto& patch = *contract.match("PATCH", "/v1/things/1").value;
  CHECK(contract.accepts(patch, "application/merge-patch+json"));
  CHECK(contract.accepts(patch, "Application/JSON; Charset=UTF-8"));
  CHECK(contract.accepts(patch, "application/json;charset=\"utf-8\""));
  CHECK_FALSE(contract.accepts(patch, "application/json; charset=latin1"));
  CHECK_FALSE(contract.accepts(patch, "text/plain"));
  CHECK_FALSE(contract.accepts(patch, ""));
}

TEST_CASE("a body that must be there is missed", "[contract][request]") {
  const auto contract = list_contract();
  const auto match = contract.match("PATCH", "/v1/things/019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11");
  const auto found = contract.validate(*match.value, match.params, web::Request{}, nullptr);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "a body is required");
}

TEST_CASE("the problem lists all violations and names the operation", "[contract][request]") {
  const auto contract = list_contract();
  const auto& operation = *contract.match("PATCH", "/v1/things/1").value;
  const auto fault = validation_fault(
      operation, {{"/a", true, "is required"}, {"limit", false, "must be an integer"}});
  CHECK(fault.code == "validation-failed");
  CHECK(fault.detail == "Validation failed for PATCH /v1/things/{id}");
  CHECK(boost::json::serialize(fault.members.at("errors")) ==
        R"([{"pointer":"/a","message":"is required"},)"
        R"({"parameter":"limit","message":"must be an integer"}])");
}
