#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"
#include "waybill/order/v1/commands.pb.h"
#include "waybill/product/v1/commands.pb.h"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

const std::string kOrder = R"({"delivery_address_id":"019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11",)"
                           R"("items":[{"product_id":"019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b12",)"
                           R"("quantity":2}]})";
const std::string kProduct = R"({"name":"Lamp","price":"19.90","stock_quantity":5})";

std::string as_customer(const Id& user) {
  return user.to_string();
}

bool is_ready(const std::future<web::Response>& answer) {
  return answer.wait_for(0s) == std::future_status::ready;
}

}  // namespace

TEST_CASE("a write waits for its outcome and answers with it", "[gateway][command]") {
  Platform platform;
  platform.has_command("order");
  auto answer = platform.send("POST", "/v1/orders/", kOrder,
                              {{"Waybill-User", as_customer(kAnna)},
                               {"Waybill-Role", "customer"},
                               {"X-Correlation-ID", "c-1"}});
  const auto command = platform.take_command("order");
  CHECK(command.type == "waybill.order.v1.PlaceOrder");
  CHECK(command.content_type == "application/protobuf");
  CHECK(command.correlation_id == "c-1");
  CHECK(command.headers.at("caller") == "customer " + kAnna.to_string());
  CHECK(command.headers.at("instance") == "/v1/orders");
  CHECK(command.headers.at("traceparent").size() == 55);
  CHECK(command.headers.at("fingerprint").size() == 32);
  order::v1::PlaceOrder message;
  REQUIRE(message.ParseFromString(command.body));
  CHECK(message.items(0).quantity() == 2);

  platform.reply(command, 201, R"({"id":"x"})", 2, "/v1/orders/x");
  const auto response = answer.get();
  CHECK(response.status == 201);
  CHECK(response.body == R"({"id":"x"})");
  CHECK(response.headers.get("Location") == "/v1/orders/x");
  CHECK(response.headers.get("ETag") == "\"2\"");
  CHECK(response.headers.get("Content-Type") == "application/json");
  CHECK(response.headers.get("X-Correlation-ID") == "c-1");
  CHECK(response.headers.get("Waybill-Access") == "open");
}

TEST_CASE("a refusal of the service is passed on as a problem", "[gateway][command]") {
  Platform platform;
  platform.has_command("product");
  auto answer = platform.send("POST", "/v1/products", kProduct);
  platform.reply(platform.take_command("product"), 409, R"({"code":"already-exists"})");
  const auto response = answer.get();
  CHECK(response.status == 409);
  CHECK(response.headers.get("Content-Type") == "application/problem+json");
  CHECK(member(response, "code") == "already-exists");
}

TEST_CASE("an outcome without a body has none", "[gateway][command]") {
  Platform platform;
  platform.has_command("product");
  auto answer =
      platform.send("DELETE", "/v1/products/" + kAnna.to_string(), "", {{"If-Match", "\"7\""}});
  const auto command = platform.take_command("product");
  product::v1::DeleteProduct message;
  REQUIRE(message.ParseFromString(command.body));
  CHECK(message.product_id() == kAnna.to_string());
  CHECK(message.expected_version() == 7);
  platform.reply(command, 204, "");
  const auto response = answer.get();
  CHECK(response.status == 204);
  CHECK(response.body.empty());
  CHECK_FALSE(response.headers.has("Content-Type"));
}

TEST_CASE("a late outcome becomes an operation", "[gateway][command]") {
  Platform platform;
  platform.has_command("product");
  const auto response = platform.ask("POST", "/v1/products", kProduct,
                                     {{"Prefer", "wait=1"}, {"Waybill-User", kAnna.to_string()}});
  CHECK(response.status == 202);
  CHECK(response.headers.get("Preference-Applied") == "wait=1");
  CHECK(response.headers.get("Retry-After") == "1");
  CHECK(member(response, "status") == "pending");
  CHECK(response.headers.get("Location") == "/v1/operations/" + member(response, "id"));
}

TEST_CASE("who does not want to wait need not", "[gateway][command]") {
  Platform platform;
  platform.has_command("product");
  const auto response =
      platform.ask("POST", "/v1/products", kProduct, {{"Prefer", "respond-async"}});
  CHECK(response.status == 202);
  CHECK(response.headers.get("Preference-Applied") == "respond-async");
  CHECK(platform.take_command("product").type == "waybill.product.v1.CreateProduct");
}

TEST_CASE("an operation tells pending, succeeded and failed", "[gateway][operation]") {
  Platform platform;
  platform.has_command("product");
  const std::string anna = kAnna.to_string();
  const auto accepted = platform.ask("POST", "/v1/products", kProduct,
                                     {{"Prefer", "respond-async"}, {"Waybill-User", anna}});
  const std::string location{accepted.headers.get("Location")};
  const std::string inbox = "/operations/" + platform.take_command("product").message_id;
  const auto look = [&](const std::string& user, const std::string& role) {
    return platform.ask("GET", location, "", {{"Waybill-User", user}, {"Waybill-Role", role}});
  };

  CHECK(member(look(anna, "customer"), "status") == "pending");
  CHECK(look(anna, "customer").headers.get("Retry-After") == "1");

  const auto record = [&](const std::string& status, const std::string& body) {
    platform.upstream.put(inbox,
                          web::json_response(200, {{"status", status},
                                                   {"caller", "ops " + anna},
                                                   {"body", body},
                                                   {"created_at", "2026-01-31T09:30:00.000Z"},
                                                   {"finished_at", "2026-01-31T09:30:01.000Z"}}));
  };
  record("succeeded", R"({"id":"x"})");
  CHECK(member(look(anna, "customer"), "result") == R"({"id":"x"})");
  CHECK(member(look(anna, "customer"), "finished_at") == "2026-01-31T09:30:01.000Z");
  record("failed", R"({"code":"already-exists"})");
  CHECK(member(look(anna, "customer"), "problem") == R"({"code":"already-exists"})");

  CHECK(look(kBert.to_string(), "customer").status == 404);
  CHECK(look(kBert.to_string(), "staff").status == 200);
  CHECK(platform.ask("GET", "/v1/operations/nonsense").status == 404);
}

TEST_CASE("requests with the same key share one command and one answer", "[gateway][command]") {
  Platform platform;
  platform.has_command("order");
  std::vector<std::future<web::Response>> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back(platform.send(
        "POST", "/v1/orders", kOrder,
        {{"Idempotency-Key", "k1"}, {"Waybill-User", kAnna.to_string()}, {"Prefer", "wait=10"}}));
  }
  const auto command = platform.take_command("order");
  platform.reply(command, 201, R"({"id":"x"})", 1, "/v1/orders/x");
  // Those that came after the outcome ask again under the same id; the service repeats itself.
  while (!std::all_of(answers.begin(), answers.end(), is_ready)) {
    if (!platform.has_command("order")) continue;
    platform.reply(command, 201, R"({"id":"x"})", 1, "/v1/orders/x");
  }
  for (auto& answer : answers) CHECK(answer.get().body == R"({"id":"x"})");
}

TEST_CASE("the same key gives the same command id, another caller another one",
          "[gateway][command]") {
  Platform platform;
  platform.has_command("order");
  const auto id_for = [&](const std::string& key, const Id& user) {
    platform.ask("POST", "/v1/orders", kOrder,
                 {{"Idempotency-Key", key},
                  {"Waybill-User", user.to_string()},
                  {"Prefer", "respond-async"}});
    return platform.take_command("order").message_id;
  };
  CHECK(id_for("k1", kAnna) == id_for("k1", kAnna));
  CHECK(id_for("k1", kAnna) != id_for("k1", kBert));
  CHECK(id_for("k1", kAnna) != id_for("k2", kAnna));
}

TEST_CASE("the same key with another body is a mismatch while the first is under way",
          "[gateway][command]") {
  Platform platform;
  platform.has_command("product");
  const HeaderList key{{"Idempotency-Key", "k1"}, {"Prefer", "respond-async"}};
  CHECK(platform.ask("POST", "/v1/products", kProduct, key).status == 202);
  const auto response = platform.ask("POST", "/v1/products",
                                     R"({"name":"Other","price":"1","stock_quantity":5})", key);
  CHECK(response.status == 422);
  CHECK(member(response, "code") == "idempotency-mismatch");
}

TEST_CASE("a command that no queue takes is refused with 503", "[gateway][command]") {
  Platform platform;  // nobody has declared the queue
  const auto response = platform.ask("POST", "/v1/products", kProduct);
  CHECK(response.status == 503);
  CHECK(member(response, "code") == "unavailable");
  CHECK(response.headers.get("Retry-After") == "1");
}

TEST_CASE("what is invalid never reaches a queue", "[gateway][command]") {
  Platform platform;
  platform.has_command("product");
  const auto status = [&](const std::string& body, HeaderList headers = {}) {
    return platform.ask("POST", "/v1/products", body, headers).status;
  };
  CHECK(status("{") == 400);
  CHECK(status("[]") == 400);
  CHECK(status(R"({"name":"","price":"-1","stock_quantity":1.5,"x":1})") == 400);
  CHECK(status(kProduct, {{"Content-Type", "text/plain"}}) == 415);
  CHECK(status(kProduct, {{"Idempotency-Key", std::string(256, 'x')}}) == 400);
  CHECK(status(kProduct, {{"Waybill-Role", "nobody"}}) == 401);
  CHECK(status(kProduct, {{"Waybill-Role", "customer"}, {"Waybill-User", kAnna.to_string()}}) ==
        403);
  CHECK(platform.ask("POST", "/v1/products").status == 400);
  CHECK_FALSE(platform.has_command("product"));
}
