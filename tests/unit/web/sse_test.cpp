#include "libs/web/sse.hpp"

#include <catch2/catch.hpp>

using namespace waybill::web;

TEST_CASE("an event has its id, its name and its data, and ends with an empty line", "[web][sse]") {
  CHECK(sse_event("7", "order", "{}") == "id: 7\nevent: order\ndata: {}\n\n");
}

TEST_CASE("what is empty is left out, but for the data", "[web][sse]") {
  CHECK(sse_event("", "", "") == "data: \n\n");
}

TEST_CASE("each line of the data is a line of its own", "[web][sse]") {
  CHECK(sse_event("", "", "a\nb\r\nc\rd") == "data: a\ndata: b\ndata: c\ndata: d\n\n");
  CHECK(sse_event("", "", "a\n") == "data: a\ndata: \n\n");
}

TEST_CASE("a line break in id or name can't start another field", "[web][sse]") {
  CHECK(sse_event("1\nretry: 0", "x\rdata: y", "z") == "id: 1\nevent: x\ndata: z\n\n");
}

TEST_CASE("a comment is ignored by clients", "[web][sse]") {
  CHECK(sse_comment("still here") == ": still here\n\n");
  CHECK(sse_comment("a\ndata: b") == ": a\n: data: b\n\n");
}
