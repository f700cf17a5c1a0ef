#include "libs/cache/value.hpp"

#include <catch2/catch.hpp>

#include "libs/cache/link.hpp"

using namespace waybill::cache;

TEST_CASE("a representation survives Redis byte by byte", "[cache]") {
  const std::string owner = GENERATE("", "0190f5fe-0000-7000-8000-000000000001");
  const std::string body = GENERATE("", "{}", "{\"name\":\"a\\nb\"}\n\n", "v1 -\nx2");
  const auto read = decode(encode({42, owner, body}));
  REQUIRE(read);
  CHECK(read->version == 42);
  CHECK(read->owner == owner);
  CHECK(read->body == body);
}

TEST_CASE("tombstones and strangers' values are no representation", "[cache]") {
  const std::string text = GENERATE("", "x7", "v", "v7", "v7 -", "vx -\n{}", "v7x -\n{}", "{}",
                                    "{\"a\": 1}\n", "\n", "v-\n 1");
  CHECK_FALSE(decode(text));
}

TEST_CASE("the address of Redis is read from its URL", "[cache]") {
  const auto plain = parse_address("redis://127.0.0.1:44002/0");
  CHECK(plain.host == "127.0.0.1");
  CHECK(plain.port == 44002);
  CHECK(parse_address("redis://cache").port == 6379);
  CHECK(parse_address("redis://:se@cret@cache:1").password == "se@cret");
  CHECK_THROWS(parse_address("http://127.0.0.1"));
  CHECK_THROWS(parse_address("redis://127.0.0.1:port"));
}
