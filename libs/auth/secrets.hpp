// Random texts that let somebody in, and what may be kept of them.
#pragma once

#include <string>
#include <string_view>

#include "libs/config/settings.hpp"

namespace waybill::auth {

// 256 random bits as 43 characters of base64url: a refresh token.
std::string new_secret();

// SHA-256 (FIPS 180-4), 32 bytes. Enough for texts of 256 random bits; passwords need
// passwords.hpp.
std::string sha256(std::string_view text);

// HMAC-SHA-256 (RFC 2104), 32 bytes: tells whether texts are the same to those who have the secret,
// and nothing to others, even of texts that can be guessed.
std::string keyed_digest(const config::Secret& secret, std::string_view text);

}  // namespace waybill::auth
