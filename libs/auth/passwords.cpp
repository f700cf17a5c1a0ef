#include "libs/auth/passwords.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>

#include <argon2.h>
#include <openssl/rand.h>

#include "libs/auth/openssl.hpp"

namespace waybill::auth {
namespace {

constexpr std::size_t kSalt = 16;
constexpr std::size_t kHash = 32;
constexpr std::string_view kPrefix = "$argon2id$v=19$";

[[noreturn]] void fail(int code) {
  throw std::runtime_error{std::string{"Argon2 failed: "} + argon2_error_message(code)};
}

// Takes "m=19456," from the beginning of `text`; nullopt when it is something else.
std::optional<std::uint32_t> take(std::string_view& text, std::string_view name, char end) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto used = static_cast<std::size_t>(stop - text.data());
  if (error != std::errc{} || used == text.size() || text[used] != end) return std::nullopt;
  text.remove_prefix(used + 1);
  return value;
}

std::optional<PasswordCost> cost_of(std::string_view hash) {
  if (!hash.starts_with(kPrefix)) return std::nullopt;
  hash.remove_prefix(kPrefix.size());
  const auto memory = take(hash, "m=", ',');
  const auto passes = take(hash, "t=", ',');
  const auto lanes = take(hash, "p=", '$');
  if (!memory || !passes || !lanes) return std::nullopt;
  return PasswordCost{*memory, *passes, *lanes};
}

}  // namespace

std::string hash_password(std::string_view password, const PasswordCost& cost) {
  std::string salt(kSalt, '\0');
  openssl::require(RAND_bytes(openssl::bytes(salt), kSalt) == 1, "give random bytes");
  std::string text(
      argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, kSalt, kHash, Argon2_id), '\0');
  const int code =
      argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.data(),
                            password.size(), salt.data(), kSalt, kHash, text.data(), text.size());
  if (code != ARGON2_OK) fail(code);
  text.resize(text.find('\0'));
  return text;
}

bool verify_password(std::string_view password, const std::string& hash) {
  const int code = argon2id_verify(hash.c_str(), password.data(), password.size());
  if (code == ARGON2_MEMORY_ALLOCATION_ERROR || code == ARGON2_THREAD_FAIL) fail(code);
  return code == ARGON2_OK;
}

bool needs_rehash(const std::string& hash, const PasswordCost& cost) {
  const auto used = cost_of(hash);
  return !used || used->memory_kib < cost.memory_kib || used->passes < cost.passes ||
         used->lanes < cost.lanes;
}

}  // namespace waybill::auth
