// Documents through the gateway: kept by one account, by form and as they are, over HTTP and over
// the queue.
#include <thread>

#include <catch2/catch.hpp>

#include "libs/core/digest.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

Call document_call(const std::string& type, const std::string& name, const std::string& bytes) {
  return form_call("/v1/documents", {{"type", type}, {"name", name}}, {"file", "note.txt", bytes});
}

std::string path_of(const json::value& link) {
  const std::string text{link.as_string()};
  return text.substr(text.find("/v1/"));
}

}  // namespace

TEST_CASE("a document is kept, read by its owner, replaced, shared by a link, and deleted",
          "[e2e][files][documents]") {
  const Account anna = make_account();
  const Account ben = make_account();
  const std::string bytes = unique("lease") + std::string(3'000'000, 'x');
  const Reply made = call(as(anna.token, document_call("Contracts", "Lease", bytes)));
  INFO(made.text);
  REQUIRE(made.status == 201);
  CHECK(made.member("sha256") == sha256_hex(bytes));
  const std::string path = "/v1/documents/" + made.id();
  CHECK(made.headers.get("Location") == path);
  CHECK(call(as(anna.token, {"GET", path, {}, {}})).headers.get("ETag") == "\"1\"");
  CHECK(call(as(ben.token, {"GET", path, {}, {}})).status == 404);
  CHECK(call(as(ben.token, {"GET", path + "/content", {}, {}})).status == 404);
  CHECK(call(as("", {"GET", path + "/content", {}, {}})).status == 401);
  CHECK(call(as(anna.token, {"GET", path + "/content", {}, {}})).text == bytes);
  const Reply some =
      call(with_header(as(anna.token, {"GET", path + "/content", {}, {}}), "Range", "bytes=-4"));
  CHECK(some.status == 206);
  CHECK(some.text == "xxxx");

  Call replacing{"PUT", path + "/content", "newer", {{"Content-Type", "text/plain"}}};
  replacing.headers.emplace_back("If-Match", "\"1\"");
  CHECK(call(as(anna.token, replacing)).number("version") == 2);
  CHECK(call(as(anna.token, replacing)).status == 412);
  CHECK(call(as(anna.token, {"GET", path + "/content?version=1", {}, {}})).text == bytes);
  const Reply versions = call(as(anna.token, {"GET", path + "/versions", {}, {}}));
  CHECK(versions.body().at("items").as_array().size() == 2);
  const Reply renamed = call(as(anna.token, json_call("PATCH", path, {{"name", "Lease of 2026"}})));
  CHECK(renamed.status == 200);
  CHECK(renamed.number("version") == 3);

  const Reply link = call(as(anna.token, json_call("POST", path + "/links", {{"expires_in", 60}})));
  REQUIRE(link.status == 201);
  const std::string shared = path_of(link.body().at("url"));
  CHECK(call(as("", {"GET", shared, {}, {}})).text == "newer");
  CHECK(call(as(anna.token, {"DELETE", path, {}, {}})).status == 204);
  CHECK(call(as("", {"GET", shared, {}, {}})).status == 404);
  CHECK(call(as(anna.token, {"GET", path, {}, {}})).status == 404);
  const Reply types = call(as(anna.token, {"GET", "/v1/document-types", {}, {}}));
  CHECK(types.body().at("items").at(0).at("documents") == 0);
}

TEST_CASE("of two documents of one name at the same time one is kept", "[e2e][files][documents]") {
  const Account anna = make_account();
  const Call one = as(anna.token, document_call("Contracts", "Lease", "one"));
  const Call two = as(anna.token, document_call("CONTRACTS", "lease", "two"));
  std::multiset<int> statuses;
  for (const Reply& reply : call_all({one, two})) statuses.insert(reply.status);
  CHECK(statuses == std::multiset<int>{201, 409});
}

TEST_CASE("bytes that are not those of their digest are refused, and nothing is kept",
          "[e2e][files][documents]") {
  const Account anna = make_account();
  const Call made = with_header(document_call("Contracts", "Lease", "some"), "Repr-Digest",
                                "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:");
  const Reply refused = call(as(anna.token, made));
  CHECK(refused.status == 422);
  CHECK(refused.code() == "digest-mismatch");
  CHECK(
      call(as(anna.token, {"GET", "/v1/documents", {}, {}})).body().at("items").as_array().empty());
  CHECK(call(as(anna.token, {"GET", "/v1/document-types", {}, {}}))
            .body()
            .at("items")
            .as_array()
            .empty());
}
