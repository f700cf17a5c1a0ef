#include "libs/core/id.hpp"

#include <cstring>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "libs/core/clock.hpp"

namespace waybill {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_dash_position(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

void stamp(Id& id, std::uint8_t version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | (version << 4));
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
}

// Random bytes by the block: one call into OpenSSL serves 64 ids.
void random_bytes(std::uint8_t* out, std::size_t size) {
  thread_local std::array<std::uint8_t, 640> block;
  thread_local std::size_t used = block.size();
  if (used + size > block.size()) {
    if (RAND_bytes(block.data(), static_cast<int>(block.size())) != 1) {
      throw std::runtime_error("no randomness from OpenSSL");
    }
    used = 0;
  }
  std::memcpy(out, block.data() + used, size);
  used += size;
}

// Milliseconds in the upper 48 bits, a 12-bit counter below, never smaller than the last one given
// out (RFC 9562 section 6.2, method 1).
std::uint64_t next_tick() {
  static std::atomic<std::uint64_t> last{0};
  const auto millis = static_cast<std::uint64_t>(to_unix_millis(now()));
  std::uint64_t seen = last.load(std::memory_order_relaxed);
  std::uint64_t next;
  do {
    next = std::max(seen + 1, millis << 12);
  } while (!last.compare_exchange_weak(seen, next, std::memory_order_relaxed));
  return next;
}

}  // namespace

std::optional<Id> Id::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Id id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (is_dash_position(i)) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = nibble(text[i]);
    const int low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[at++] = static_cast<std::uint8_t>(high << 4 | low);
    i += 2;
  }
  return id;
}

std::string Id::to_string() const {
  std::string text(36, '-');
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes) {
    if (is_dash_position(at)) ++at;
    text[at++] = kHex[byte >> 4];
    text[at++] = kHex[byte & 0x0f];
  }
  return text;
}

Id new_id() {
  Id id;
  const std::uint64_t tick = next_tick();
  const std::uint64_t millis = tick >> 12;
  for (int i = 0; i < 6; ++i) {
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  }
  id.bytes[6] = static_cast<std::uint8_t>((tick >> 8) & 0x0f);
  id.bytes[7] = static_cast<std::uint8_t>(tick & 0xff);
  random_bytes(id.bytes.data() + 8, 8);
  stamp(id, 7);
  return id;
}

Id derive_id(const Id& name_space, std::string_view name) {
  std::string input(reinterpret_cast<const char*>(name_space.bytes.data()),
                    name_space.bytes.size());
  input.append(name);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_Digest(input.data(), input.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) {
    throw std::runtime_error("no SHA-1 from OpenSSL");
  }
  Id id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  stamp(id, 5);
  return id;
}

}  // namespace waybill

std::size_t std::hash<waybill::Id>::operator()(const waybill::Id& id) const noexcept {
  // The last eight bytes are random in every version that Waybill makes.
  std::uint64_t word;
  std::memcpy(&word, id.bytes.data() + 8, sizeof word);
  return static_cast<std::size_t>(word);
}
