#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

// A problem document as all of them are.
void check_problem(const Reply& reply, int status, const std::string& code) {
  INFO(reply.text);
  CHECK(reply.status == status);
  CHECK(reply.headers.get("Content-Type") == "application/problem+json");
  CHECK(reply.code() == code);
  CHECK(reply.member("type") == "/problems/" + code);
  CHECK(reply.number("status") == status);
  CHECK_FALSE(reply.member("title").empty());
  CHECK(reply.member("correlation_id") == reply.headers.get("X-Correlation-ID"));
}

Reply post_text(const std::string& path, const std::string& body,
                const std::string& type = "application/json") {
  return call({"POST", path, body, {{"Content-Type", type}}});
}

std::set<std::string> pointers(const Reply& reply) {
  std::set<std::string> found;
  const json::value body = reply.body();
  for (const json::value& error : body.at("errors").as_array()) {
    found.insert(text(error.as_object(), "pointer"));
  }
  return found;
}

// Sends these bytes and reads until the other side closes.
std::string raw(const std::string& bytes) {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  const std::string address = gateway_address();
  const std::size_t colon = address.rfind(':');
  tcp::resolver resolver{io};
  tcp::socket socket{io};
  boost::asio::connect(socket,
                       resolver.resolve(address.substr(0, colon), address.substr(colon + 1)));
  boost::system::error_code error;
  boost::asio::write(socket, boost::asio::buffer(bytes), error);
  std::string answer;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), error);
  return answer;
}

}  // namespace

TEST_CASE("broken JSON is told as such", "[e2e][bad-input]") {
  for (const char* body : {"{", "{\"name\": }", "nonsense", "{\"a\":1}{", "{\"name\":\"\xff\"}",
                           "{\"name\":\"x\",}"}) {
    check_problem(post_text("/v1/products", body), 400, "malformed-json");
  }
}

TEST_CASE("everything that is wrong is named at once", "[e2e][bad-input]") {
  const Reply reply = post(
      "/v1/products", {{"name", ""}, {"price", 1.5}, {"stock_quantity", -1}, {"colour", "red"}});
  check_problem(reply, 400, "validation-failed");
  CHECK(reply.member("detail") == "Validation failed for POST /v1/products");
  CHECK(pointers(reply) == std::set<std::string>{"/name", "/price", "/stock_quantity", "/colour"});
}

TEST_CASE("orders with bad members are refused and leave nothing", "[e2e][bad-input]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const json::object good = order_body(customer, {{tea, 1}});
  const auto with = [&](std::string_view member, const json::value& value) {
    json::object body = good;
    body[member] = value;
    return post("/v1/orders", body);
  };
  check_problem(with("items", json::array{}), 400, "validation-failed");
  check_problem(with("items", json::value{{"product_id", tea}}), 400, "validation-failed");
  check_problem(with("items", json::array{{{"product_id", tea}, {"quantity", 0}}}), 400,
                "validation-failed");
  check_problem(with("items", json::array{{{"product_id", tea}, {"quantity", 1'000'001}}}), 400,
                "validation-failed");
  check_problem(with("items", json::array{{{"product_id", tea}, {"quantity", "1"}}}), 400,
                "validation-failed");
  check_problem(with("items", json::array{{{"product_id", "tea"}, {"quantity", 1}}}), 400,
                "validation-failed");
  check_problem(with("expected_total", "01.00"), 400, "validation-failed");
  check_problem(with("reference", json::value(std::string(65, 'r'))), 400, "validation-failed");
  check_problem(with("order_date", "2999-01-01T00:00:00Z"), 400, "validation-failed");
  check_problem(with("colour", "red"), 400, "validation-failed");
  CHECK(all_items("/v1/users/" + customer.id + "/orders?limit=100").size() == 0);
  CHECK(stock_of(tea) == 10);
}

TEST_CASE("unknown query parameters and values are refused", "[e2e][bad-input]") {
  for (const char* path :
       {"/v1/products?colour=red", "/v1/products?limit=0", "/v1/products?limit=101",
        "/v1/products?limit=ten", "/v1/products?sort=colour", "/v1/products?min_price=-1",
        "/v1/products?in_stock=maybe", "/v1/orders?status=LOST",
        "/v1/orders?created_from=yesterday"}) {
    INFO(path);
    check_problem(get(path), 400, "validation-failed");
  }
}

TEST_CASE("ids that nothing has, or that are none, are not found", "[e2e][bad-input]") {
  for (const std::string& id : {new_id().to_string(), std::string{"42"}}) {
    INFO(id);
    check_problem(get("/v1/products/" + id), 404, "not-found");
    check_problem(get("/v1/orders/" + id), 404, "not-found");
    check_problem(get("/v1/users/" + id), 404, "not-found");
    check_problem(get("/v1/operations/" + id), 404, "not-found");
  }
  check_problem(get("/v1/nothing"), 404, "not-found");
}

TEST_CASE("bodies of another kind, or too big, are refused", "[e2e][bad-input]") {
  check_problem(post_text("/v1/products", "name=tea", "application/x-www-form-urlencoded"), 415,
                "unsupported-type");
  check_problem(post_text("/v1/products", "\"" + std::string(5 * 1024 * 1024, 'x') + "\""), 413,
                "too-large");
}

TEST_CASE("deeply nested JSON and huge numbers do no harm", "[e2e][bad-input]") {
  check_problem(post_text("/v1/products", std::string(100'000, '[')), 400, "malformed-json");
  const Reply reply = post_text(
      "/v1/products", R"({"name":"x","price":"1.00","stock_quantity":99999999999999999999999999})");
  CHECK(reply.status == 400);
  CHECK(post_text("/v1/products", R"({"name":"x","price":")" + std::string(200'000, '1') +
                                      R"(","stock_quantity":1})")
            .status == 400);
}

TEST_CASE("a client's correlation id comes back, in problems too", "[e2e][bad-input]") {
  const Reply reply = call({"GET", "/v1/nothing", {}, {{"X-Correlation-ID", "my-own-id-1"}}});
  CHECK(reply.headers.get("X-Correlation-ID") == "my-own-id-1");
  CHECK(reply.member("correlation_id") == "my-own-id-1");
}

TEST_CASE("hostile HTTP gets a 400 and the end of the connection", "[e2e][bad-input]") {
  const std::string host = "Host: x\r\n";
  const std::string get = "GET /v1/products HTTP/1.1\r\n";
  const std::string post = "POST /v1/products HTTP/1.1\r\n" + host;
  const std::vector<std::string> requests{
      get + "\r\n",                                         // no Host
      get + host + host + "\r\n",                           // two
      get + host + "A : b\r\n\r\n",                         // a space before the colon
      get + host + "A: b\r\n c\r\n\r\n",                    // folded
      "GET /v1/products HTTP/1.1\n" + host + "\r\n",        // a bare LF
      "GET /v1/pro ducts HTTP/1.1\r\n" + host + "\r\n",     // a space in the target
      "GET /v1/products/%00 HTTP/1.1\r\n" + host + "\r\n",  // an escaped NUL
      "CONNECT example.org:80 HTTP/1.1\r\n" + host + "\r\n",
      post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
      post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: xchunked\r\n\r\n" + get + host + "\r\n"};
  for (const std::string& request : requests) {
    INFO(request);
    const std::string answer = raw(request);
    CHECK(answer.starts_with("HTTP/1.1 400 "));
    CHECK(answer.find("HTTP/1.1", 1) == std::string::npos);  // nothing smuggled was answered
  }
}

TEST_CASE("headers and targets that are too long are refused", "[e2e][bad-input]") {
  const std::string rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const std::string long_target = raw("GET /" + std::string(10'000, 'a') + rest + "\r\n");
  CHECK((long_target.starts_with("HTTP/1.1 414 ") || long_target.starts_with("HTTP/1.1 400 ")));
  const std::string long_header =
      raw("GET /v1/products" + rest + "A: " + std::string(40'000, 'a') + "\r\n\r\n");
  CHECK((long_header.starts_with("HTTP/1.1 431 ") || long_header.starts_with("HTTP/1.1 400 ")));
}
