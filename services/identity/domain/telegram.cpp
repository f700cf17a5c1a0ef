#include "services/identity/domain/telegram.hpp"

namespace waybill::identity::domain {

std::optional<std::string> link_code_of(std::string_view random) {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t kFair = 256 / kCharacters.size() * kCharacters.size();
  std::string code;
  for (const char byte : random) {
    const std::size_t value = static_cast<unsigned char>(byte);
    if (value >= kFair) continue;
    code += kCharacters[value % kCharacters.size()];
    if (code.size() == link_code_size) return code;
  }
  return std::nullopt;
}

Fault bad_link_code() {
  return unprocessable("invalid-code", "The code is wrong, was used, or has expired.");
}

Fault too_many_link_tries() {
  return {FaultKind::rate_limited,
          "rate-limited",
          "Too many codes were tried. Wait ten minutes, and ask for a new one.",
          {}};
}

}  // namespace waybill::identity::domain
