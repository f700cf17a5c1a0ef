// Random texts that let somebody in, and what may be kept of them.
#pragma once

#include <string>
#include <string_view>

namespace waybill::auth {

// 256 random bits as 43 characters of base64url: a refresh token.
std::string new_secret();

// SHA-256 (FIPS 180-4), 32 bytes. Enough for texts of 256 random bits; passwords need
// passwords.hpp.
std::string sha256(std::string_view text);

}  // namespace waybill::auth
