#include "libs/web/download.hpp"

#include <catch2/catch.hpp>

using namespace waybill::web;

namespace {

std::string slice(std::initializer_list<std::pair<const char*, const char*>> headers,
                  std::uint64_t size = 100) {
  Request request;
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  const Slice found = choose_slice(request, size, "\"tag\"");
  return fmt::format("{} {}+{}", found.status, found.first, found.length);
}

}  // namespace

TEST_CASE("one range of bytes is served", "[web][download]") {
  CHECK(slice({}) == "200 0+100");
  CHECK(slice({{"Range", "bytes=0-0"}}) == "206 0+1");
  CHECK(slice({{"Range", "bytes=10-19"}}) == "206 10+10");
  CHECK(slice({{"Range", "bytes=90-"}}) == "206 90+10");
  CHECK(slice({{"Range", "bytes=90-1000"}}) == "206 90+10");
  CHECK(slice({{"Range", "bytes=-10"}}) == "206 90+10");
  CHECK(slice({{"Range", "bytes=-1000"}}) == "206 0+100");
}

TEST_CASE("a range beyond the end is 416", "[web][download]") {
  CHECK(slice({{"Range", "bytes=100-"}}) == "416 0+0");
  CHECK(slice({{"Range", "bytes=-0"}}) == "416 0+0");
  CHECK(slice({{"Range", "bytes=0-"}}, 0) == "416 0+0");
  CHECK(slice({{"Range", "bytes=-5"}}, 0) == "416 0+0");
  CHECK(slice({{"Range", "bytes=18446744073709551615-"}}) == "416 0+0");
}

TEST_CASE("what is no single range of bytes means the whole", "[web][download]") {
  for (const char* range : {"bytes=0-1,5-6", "lines=1-2", "bytes=", "bytes=-", "bytes=a-b",
                            "bytes=5-4", "bytes=1", "bytes=99999999999999999999-", "0-1"}) {
    INFO(range);
    CHECK(slice({{"Range", range}}) == "200 0+100");
  }
}

TEST_CASE("If-Range wants the present object, strongly", "[web][download]") {
  CHECK(slice({{"Range", "bytes=0-9"}, {"If-Range", "\"tag\""}}) == "206 0+10");
  CHECK(slice({{"Range", "bytes=0-9"}, {"If-Range", "\"old\""}}) == "200 0+100");
  CHECK(slice({{"Range", "bytes=0-9"}, {"If-Range", "W/\"tag\""}}) == "200 0+100");
  CHECK(slice({{"Range", "bytes=0-9"}, {"If-Range", "Sat, 31 Jan 2026 09:30:00 GMT"}}) ==
        "200 0+100");
}

TEST_CASE("conditions come before ranges", "[web][download]") {
  CHECK(slice({{"If-None-Match", "\"a\", W/\"tag\""}, {"Range", "bytes=0-9"}}) == "304 0+0");
  CHECK(slice({{"If-None-Match", "\"a\""}}) == "200 0+100");
  CHECK(slice({{"If-Match", "\"a\""}, {"Range", "bytes=0-9"}}) == "412 0+0");
  CHECK(slice({{"If-Match", "*"}}) == "200 0+100");
  CHECK(slice({{"If-Match", "W/\"tag\""}}) == "412 0+0");
}

TEST_CASE("a name is told in ASCII, and whole beside it where that is not enough",
          "[web][download]") {
  CHECK(content_disposition(true, "a.txt") == "attachment; filename=\"a.txt\"");
  CHECK(content_disposition(false, "a\"b\\.txt") ==
        "inline; filename=\"a_b_.txt\"; filename*=UTF-8''a%22b%5C.txt");
  CHECK(content_disposition(true, "naïve €.txt") ==
        "attachment; filename=\"na_ve _.txt\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt");
  CHECK(content_disposition(true, "") == "attachment");
}
