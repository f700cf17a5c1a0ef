// Which partition a key belongs to: what Java's and librdkafka's murmur2 partitioners say.
#pragma once

#include <cstdint>
#include <string_view>

namespace waybill::messaging {

// MurmurHash2 of 32 bits with the seed that Kafka's clients use
// (org.apache.kafka.common.utils.Utils.murmur2).
std::uint32_t murmur2(std::string_view data);

inline std::int32_t partition_of(std::string_view key, std::int32_t partitions) {
  return static_cast<std::int32_t>((murmur2(key) & 0x7fffffffU) %
                                   static_cast<std::uint32_t>(partitions));
}

}  // namespace waybill::messaging
