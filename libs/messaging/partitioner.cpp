#include "libs/messaging/partitioner.hpp"

namespace waybill::messaging {

std::uint32_t murmur2(std::string_view data) {
  constexpr std::uint32_t seed = 0x9747b28c;
  constexpr std::uint32_t m = 0x5bd1e995;
  constexpr int r = 24;
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(data[at]));
  };

  std::uint32_t h = seed ^ static_cast<std::uint32_t>(data.size());
  std::size_t at = 0;
  for (; at + 4 <= data.size(); at += 4) {
    std::uint32_t k = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
    k *= m;
    k ^= k >> r;
    k *= m;
    h = (h * m) ^ k;
  }
  const auto left = data.size() - at;
  if (left >= 3) h ^= byte(at + 2) << 16;
  if (left >= 2) h ^= byte(at + 1) << 8;
  if (left >= 1) h = (h ^ byte(at)) * m;
  h ^= h >> 13;
  h *= m;
  return h ^ (h >> 15);
}

}  // namespace waybill::messaging
