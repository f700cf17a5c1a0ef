#include "services/gateway/edge/proxies.hpp"

#include <catch2/catch.hpp>

#include "libs/config/settings.hpp"

using namespace waybill;
using namespace waybill::gateway;

namespace {

using HeaderLines = std::initializer_list<std::pair<std::string, std::string>>;

// Of a request from `peer`, where 10.0.0.0/8, one more host and fd00::/8 are proxies.
std::string client(const std::string& peer, HeaderLines headers) {
  const Proxies proxies{{"10.0.0.0/8", "192.0.2.7", "fd00::/8"}};
  web::Request request;
  request.peer = peer;
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  return proxies.client_of(request);
}

}  // namespace

TEST_CASE("without trusted proxies the peer is the client, whatever it says",
          "[gateway][proxies]") {
  web::Request request;
  request.peer = "10.0.0.1";
  request.headers.add("X-Forwarded-For", "203.0.113.9");
  CHECK(Proxies{{}}.client_of(request) == "10.0.0.1");
}

TEST_CASE("a peer that is no trusted proxy is the client", "[gateway][proxies]") {
  CHECK(client("203.0.113.5", {{"X-Forwarded-For", "203.0.113.9"}}) == "203.0.113.5");
}

TEST_CASE("behind proxies the rightmost address that is none is the client", "[gateway][proxies]") {
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}}) == "203.0.113.9");
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1, 203.0.113.9 ,192.0.2.7, 10.9.9.9"}}) ==
        "203.0.113.9");
  CHECK(client("10.0.0.1", {{"x-forwarded-for", "1.1.1.1"}, {"X-Forwarded-For", "203.0.113.9"}}) ==
        "203.0.113.9");
  CHECK(client("fd00::1", {{"X-Forwarded-For", "2001:db8::9"}}) == "2001:db8::9");
  CHECK(client("::ffff:10.0.0.1", {{"X-Forwarded-For", "203.0.113.9:443"}}) == "203.0.113.9");
}

TEST_CASE("Forwarded is read as RFC 7239 writes it", "[gateway][proxies]") {
  CHECK(client("10.0.0.1", {{"Forwarded", "for=192.0.2.60;proto=http;by=203.0.113.43"}}) ==
        "192.0.2.60");
  CHECK(client("10.0.0.1", {{"Forwarded", R"(for=1.1.1.1, For="[2001:db8:cafe::17]:4711")"}}) ==
        "2001:db8:cafe::17");
  CHECK(client("10.0.0.1", {{"Forwarded", R"(by="a;b";for="192.0.2.60:80", for=10.1.1.1)"}}) ==
        "192.0.2.60");
}

TEST_CASE("a proxy that hides its client stands for it", "[gateway][proxies]") {
  CHECK(client("10.0.0.1", {{"Forwarded", "for=203.0.113.9, for=unknown"}}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {{"Forwarded", "for=203.0.113.9, for=_hidden, for=10.0.0.2"}}) ==
        "10.0.0.2");
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9, garbage"}}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", ""}}) == "10.0.0.1");
}

TEST_CASE("nobody picks an address with the header that the proxy does not write",
          "[gateway][proxies]") {
  CHECK(client("10.0.0.1", {{"Forwarded", "for=1.1.1.1"}, {"X-Forwarded-For", "203.0.113.9"}}) ==
        "10.0.0.1");
  CHECK(client("10.0.0.1", {{"Forwarded", "for=203.0.113.9"},
                            {"X-Forwarded-For", "203.0.113.9"}}) == "203.0.113.9");
}

TEST_CASE("a trusted proxy that is no network is refused", "[gateway][proxies]") {
  CHECK_THROWS_AS(Proxies{{"10.0.0.0/33"}}, config::SettingsError);
  CHECK_THROWS_AS(Proxies{{"proxy.example"}}, config::SettingsError);
  CHECK_THROWS_AS(Proxies{{"*"}}, config::SettingsError);
}
