// The checks alone: they must not rely on what a parser refuses before them.
#include "libs/web/request_check.hpp"

#include <catch2/catch.hpp>

using namespace waybill::web;

namespace {

RawRequest get(std::string_view target) {
  return {"GET", target, 11, {{"Host", "a"}}};
}

RawRequest post(std::vector<std::pair<std::string_view, std::string_view>> headers) {
  headers.emplace_back("Host", "a");
  return {"POST", "/", 11, std::move(headers)};
}

bool refused(const RawRequest& request) {
  return check_request(request).has_value();
}

}  // namespace

TEST_CASE("the check needs no parser for method and version", "[web][strict]") {
  CHECK_FALSE(refused(get("/")));
  for (const char* method : {"", "G T", "GET\n", "CONNECT", "G\xc3\xbc"}) {
    CHECK(refused({method, "/", 11, {{"Host", "a"}}}));
  }
  for (const unsigned version : {0u, 9u, 12u, 20u}) {
    CHECK(refused({"GET", "/", version, {{"Host", "a"}}}));
  }
}

TEST_CASE("the check needs no parser for the target", "[web][strict]") {
  using namespace std::string_view_literals;
  for (const auto target : {""sv,
                            "a"sv,
                            "*"sv,
                            "/a b"sv,
                            "/\r\n"sv,
                            "/\0"sv,
                            "/\x80"sv,
                            "/#"sv,
                            "/%"sv,
                            "/%1"sv,
                            "/%1x"sv,
                            "/%00"sv,
                            "/%7f"sv,
                            "/%80"sv,
                            "/%c3"sv,
                            "/%c3a"sv,
                            "/%f5%80%80%80"sv,
                            "/%f4%90%80%80"sv,
                            "/%e0%80%80"sv,
                            "http://"sv,
                            "http:/a"sv,
                            "https://u@a/"sv,
                            "http://a:b/"sv,
                            "ws://a/"sv}) {
    INFO(target);
    CHECK(refused(get(target)));
  }
}

TEST_CASE("the check needs no parser for framing", "[web][strict]") {
  CHECK_FALSE(refused(post({{"Content-Length", "18446744073709551615"}})));
  CHECK_FALSE(refused(post({{"Transfer-Encoding", "CHUNKED"}})));
  CHECK(refused(post({{"Content-Length", "18446744073709551616"}})));
  CHECK(refused(post({{"Content-Length", "1"}, {"content-length", "1"}})));
  CHECK(refused(post({{"Content-Length", "0"}, {"Transfer-Encoding", "chunked"}})));
  CHECK(refused(post({{"Transfer-Encoding", "chunked "}})));
  CHECK(refused(post({{"Transfer-Encoding", ", chunked"}})));
}

TEST_CASE("the check needs no parser for names and values", "[web][strict]") {
  CHECK_FALSE(refused(post({{"X-Y_z.1", "any \xff\tthing"}})));
  CHECK(refused(post({{"", "x"}})));
  CHECK(refused(post({{"X ", "x"}})));
  CHECK(refused(post({{"X", "a\nb"}})));
  CHECK(refused(post({{"X", std::string_view{"\0", 1}}})));
}

TEST_CASE("HTTP/1.0 needs no Host, but may not have two", "[web][strict]") {
  CHECK_FALSE(refused({"GET", "/", 10, {}}));
  CHECK(refused({"GET", "/", 10, {{"Host", "a"}, {"Host", "a"}}}));
}

TEST_CASE("header bytes are checked line by line", "[web][strict]") {
  using namespace std::string_view_literals;
  CHECK_FALSE(check_header_bytes(""));
  CHECK_FALSE(check_header_bytes("GET http://a:1/ HTTP/1.1\r\nHost: a:1\r\n\r\n"));
  CHECK_FALSE(check_header_bytes("X: \xff\r\n"));
  for (const auto block : {"\n"sv, "a\r"sv, "a\rb"sv, "a\r\r\n"sv, " a"sv, "\ta"sv, "a: b\r\n c"sv,
                           "a : b"sv, "a\t: b"sv, ": b"sv, "a: \0"sv, "a: \x7f"sv, "a: b\n"sv}) {
    INFO(block);
    CHECK(check_header_bytes(block));
  }
}
