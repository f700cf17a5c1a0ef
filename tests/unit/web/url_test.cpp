#include <catch2/catch.hpp>

#include "libs/web/http.hpp"

using namespace waybill::web;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("everything but unreserved characters is escaped", "[web][url]") {
  CHECK(url_encode("azAZ09-._~") == "azAZ09-._~");
  CHECK(url_encode("a b/c?d&e=f%") == "a%20b%2Fc%3Fd%26e%3Df%25");
  CHECK(url_encode("ü") == "%C3%BC");
  CHECK(url_encode(std::string_view{"\0", 1}) == "%00");
}

TEST_CASE("decoding gives back what was encoded, for every byte", "[web][url]") {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(url_decode(url_encode(all), false) == all);
  CHECK(url_decode(url_encode(all), true) == all);
}

TEST_CASE("a plus is a space in queries alone", "[web][url]") {
  CHECK(url_decode("a+b", true) == "a b");
  CHECK(url_decode("a+b", false) == "a+b");
}

TEST_CASE("a malformed escape is not decoded", "[web][url]") {
  for (const char* text : {"%", "%4", "%zz", "%4z", "a%", "%%41", "%-1", "% 1"}) {
    CHECK_FALSE(url_decode(text, false));
    CHECK_FALSE(parse_query(std::string{"a="} + text));
    CHECK_FALSE(parse_query(std::string{text} + "=a"));
  }
}

TEST_CASE("a query is split before it is decoded", "[web][url]") {
  CHECK(parse_query("a=1&b=2") == Pairs{{"a", "1"}, {"b", "2"}});
  CHECK(parse_query("a=%26&%3D=b") == Pairs{{"a", "&"}, {"=", "b"}});
  CHECK(parse_query("a=b=c") == Pairs{{"a", "b=c"}});
  CHECK(parse_query("a=x+y") == Pairs{{"a", "x y"}});
}

TEST_CASE("empty and missing parts of a query are taken as they are", "[web][url]") {
  CHECK(parse_query("") == Pairs{});
  CHECK(parse_query("a") == Pairs{{"a", ""}});
  CHECK(parse_query("a=") == Pairs{{"a", ""}});
  CHECK(parse_query("=a") == Pairs{{"", "a"}});
  CHECK(parse_query("&&a=1&&") == Pairs{{"a", "1"}});
}
