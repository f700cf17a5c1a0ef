// What only an S3 server can show.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "libs/web/client.hpp"
#include "tests/suite/blob/stores.hpp"

using namespace waybill;
using namespace waybill::blob;

namespace {

// GET of a URL, without any credentials.
web::Response visit(const std::string& url) {
  const std::string rest = url.substr(url.find("//") + 2);
  boost::asio::io_context io{1};
  web::Client client{io, rest.substr(0, rest.find('/'))};
  web::ClientRequest request;
  request.target = rest.substr(rest.find('/'));
  auto answer = boost::asio::co_spawn(io, client.send(std::move(request)), boost::asio::use_future);
  io.run();
  return answer.get().value();
}

}  // namespace

TEST_CASE("a wrong secret is a store error that tells the server's code", "[blob][s3]") {
  S3Options options = s3_options();
  options.secret_key = config::Secret{"wrong"};
  const auto store = make_s3_store(options);
  CHECK_THROWS_WITH(store->list("", 1), Catch::Contains("403"));
}

TEST_CASE("a server that is away is a store error after a few tries", "[blob][s3]") {
  S3Options options = s3_options();
  options.endpoint = "http://127.0.0.1:1";
  const auto store = make_s3_store(options);
  CHECK_THROWS_AS(store->find(key_of("x")), StoreError);
}

TEST_CASE("a link lets everybody read one object", "[blob][s3]") {
  const S3 place;
  const auto store = place.open();
  const std::string key = put(*store, "for everybody");
  const auto link = store->link(key, seconds{60});
  REQUIRE(link);
  CHECK(visit(*link).body == "for everybody");
  std::string forged = *link;
  forged.replace(forged.find(key), key.size(), put(*store, "for nobody"));
  CHECK(visit(forged).status == 403);
}

TEST_CASE("a link names the public endpoint", "[blob][s3]") {
  S3Options options = s3_options();
  options.public_endpoint = "https://files.example.com";
  const auto link = make_s3_store(options)->link(key_of("x"), seconds{60});
  CHECK_THAT(*link, Catch::StartsWith("https://files.example.com/" + options.bucket + "/objects/"));
  options.virtual_host = true;
  const auto by_host = make_s3_store(options)->link(key_of("x"), seconds{60});
  CHECK_THAT(*by_host, Catch::StartsWith("https://" + options.bucket + ".files.example.com/obj"));
}
