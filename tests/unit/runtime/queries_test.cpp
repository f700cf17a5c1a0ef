#include "libs/runtime/queries.hpp"

#include <catch2/catch.hpp>

#include "libs/runtime/health.hpp"

using namespace waybill;
using namespace waybill::runtime;

namespace {

web::Request list_request(std::vector<std::pair<std::string, std::string>> query) {
  web::Request request;
  request.method = "GET";
  request.path = "/v1/orders";
  request.query = std::move(query);
  return request;
}

}  // namespace

TEST_CASE("a cursor comes back as it was given, with another page size too", "[runtime][cursor]") {
  const Cursor cursor{"2026-01-31 09:30:00.123456", new_id()};
  const std::string text =
      encode_cursor(cursor, list_request({{"status", "PAID"}, {"limit", "5"}}));
  const auto back =
      decode_cursor(list_request({{"status", "PAID"}, {"limit", "7"}, {"cursor", text}}));
  REQUIRE(back.has_value());
  REQUIRE(back->has_value());
  CHECK((*back)->sort_key == cursor.sort_key);
  CHECK((*back)->id == cursor.id);
}

TEST_CASE("a cursor of another filter, sort or making is refused", "[runtime][cursor]") {
  const std::string text = encode_cursor({"1", new_id()}, list_request({{"status", "PAID"}}));
  for (const auto& query : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {{"status", "SHIPPED"}, {"cursor", text}},
           {{"status", "PAID"}, {"sort", "created_at"}, {"cursor", text}},
           {{"status", "PAID"}, {"cursor", "junk"}},
           {{"status", "PAID"}, {"cursor", text.substr(0, 30)}},
           {{"status", "PAID"}, {"cursor", "%%%"}}}) {
    const auto result = decode_cursor(list_request(query));
    REQUIRE(result.has_error());
    CHECK(result.error().code == "bad-cursor");
  }
}

TEST_CASE("no cursor is the first page", "[runtime][cursor]") {
  const auto result = decode_cursor(list_request({}));
  REQUIRE(result.has_value());
  CHECK_FALSE(result->has_value());
}

TEST_CASE("a page names the next one in body and Link", "[runtime][page]") {
  const Page page{{R"({"id":1})", R"({"id":2})"}, "abc", 7};
  const auto response = page_response(page, list_request({{"limit", "2"}, {"cursor", "old"}}));
  CHECK(response.body == R"({"items":[{"id":1},{"id":2}],"next":"abc","total":7})");
  CHECK(response.headers.get("Link") == "</v1/orders?limit=2&cursor=abc>; rel=\"next\"");
}

TEST_CASE("the last page has no next", "[runtime][page]") {
  const auto response = page_response({}, list_request({}));
  CHECK(response.body == R"({"items":[],"next":null})");
  CHECK_FALSE(response.headers.has("Link"));
}

TEST_CASE("a representation carries ETag, version and owner", "[runtime]") {
  const auto response = representation("{}", 3, "u-1");
  CHECK(response.headers.get("ETag") == "\"3\"");
  CHECK(response.headers.get("Waybill-Version") == "3");
  CHECK(response.headers.get("Waybill-Owner") == "u-1");
}

TEST_CASE("what a process can do without makes it degraded, not unready", "[runtime][health]") {
  Health health;
  bool up = true;
  std::string note;
  health.add_optional("redis", [&up] { return up; });
  health.add_note("limits", [&note] { return note; });
  CHECK(health.state() == Health::State::ready);
  up = false;
  CHECK(health.state() == Health::State::degraded);
  CHECK(health.is_ready());
  up = true;
  note = "the file can't be read";
  CHECK(health.to_json() ==
        R"({"status":"degraded","checks":[{"name":"redis","ok":true,"detail":"ok"},)"
        R"({"name":"limits","ok":false,"detail":"the file can't be read"}]})");
}

TEST_CASE("readiness names what is missing and says no while draining", "[runtime][health]") {
  Health health;
  bool up = true;
  health.add("postgres", [&up] { return up; });
  CHECK(health.is_ready());
  up = false;
  CHECK_FALSE(health.is_ready());
  CHECK(health.to_json().find(R"("name":"postgres","ok":false)") != std::string::npos);
  up = true;
  health.set_draining();
  CHECK_FALSE(health.is_ready());
}
