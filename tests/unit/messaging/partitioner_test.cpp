#include "libs/messaging/partitioner.hpp"

#include <catch2/catch.hpp>

namespace waybill::messaging {

TEST_CASE("murmur2 gives what Kafka's own tests expect", "[messaging][partitioner]") {
  // UtilsTest.testMurmur2 of Apache Kafka.
  const auto murmur = [](std::string_view text) {
    return static_cast<std::int32_t>(murmur2(text));
  };
  CHECK(murmur("21") == -973932308);
  CHECK(murmur("foobar") == -790332482);
  CHECK(murmur("a-little-bit-long-string") == -985981536);
  CHECK(murmur("a-little-bit-longer-string") == -1486304829);
  CHECK(murmur("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8") == -58897971);
  CHECK(murmur("abc") == 479470107);
}

}  // namespace waybill::messaging
