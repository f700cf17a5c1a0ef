#include "services/gateway/edge/encoding.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::gateway;

namespace {

struct Endless final : web::BodyStream {
  web::awaitable<void> run(web::StreamWriter&) override { co_return; }
};

web::Request wants_gzip() {
  web::Request request;
  request.method = "GET";
  request.headers.add("Accept-Encoding", "gzip, br");
  return request;
}

web::Response page(std::size_t size, const std::string& type = "application/json") {
  web::Response response{200, type, std::string(size, 'x')};
  response.headers.add("ETag", "\"7\"");
  return response;
}

}  // namespace

TEST_CASE("a large answer is packed for who asks", "[gateway][encoding]") {
  auto response = page(10'000);
  encode(wants_gzip(), response);
  CHECK(response.headers.get("Content-Encoding") == "gzip");
  CHECK(response.headers.get("Vary") == "Accept-Encoding");
  CHECK(response.headers.get("ETag") == "\"7-gzip\"");
  CHECK(response.body.size() < 200);
}

TEST_CASE("who does not ask gets it plain, and caches learn why", "[gateway][encoding]") {
  auto response = page(10'000);
  encode(web::Request{}, response);
  CHECK_FALSE(response.headers.has("Content-Encoding"));
  CHECK(response.headers.get("Vary") == "Accept-Encoding");
  CHECK(response.headers.get("ETag") == "\"7\"");
  CHECK(response.body.size() == 10'000);
}

TEST_CASE("shared bytes are packed into a copy", "[gateway][encoding]") {
  const auto shared = std::make_shared<const std::string>(10'000, 'x');
  web::Response response{200, "application/json", ""};
  response.shared_body = shared;
  encode(wants_gzip(), response);
  CHECK(response.shared_body == nullptr);
  CHECK_FALSE(response.body.empty());
  CHECK(shared->size() == 10'000);
}

TEST_CASE("what gains nothing stays as it is", "[gateway][encoding]") {
  auto small = page(1'000);
  auto huge = page(2'000'000);
  auto image = page(10'000, "image/png");
  auto packed = page(10'000);
  packed.headers.add("Content-Encoding", "gzip");
  auto stream = page(0, "text/event-stream");
  stream.stream = std::make_shared<Endless>();
  for (auto* response : {&small, &huge, &image, &packed, &stream}) {
    const std::string before = response->body;
    encode(wants_gzip(), *response);
    CHECK(response->body == before);
    CHECK_FALSE(response->headers.has("Vary"));
  }
}
