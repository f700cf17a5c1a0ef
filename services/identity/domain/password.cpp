#include "services/identity/domain/password.hpp"

#include <algorithm>

#include "services/identity/domain/faults.hpp"

namespace waybill::identity::domain {
namespace {

constexpr std::ptrdiff_t fewest = 8;
constexpr std::ptrdiff_t most = 256;

// Every byte of UTF-8 that does not continue a character begins one.
std::ptrdiff_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same_but_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

Result<void> check_password(std::string_view password, std::string_view email,
                            std::string_view username, std::string_view pointer) {
  const std::ptrdiff_t characters = count_characters(password);
  if (characters < fewest) return invalid_member(pointer, "must have at least 8 characters");
  if (characters > most) return invalid_member(pointer, "must have at most 256 characters");
  if (same_but_case(password, email)) return invalid_member(pointer, "must not be the e-mail");
  if (same_but_case(password, username)) return invalid_member(pointer, "must not be the username");
  return {};
}

}  // namespace waybill::identity::domain
