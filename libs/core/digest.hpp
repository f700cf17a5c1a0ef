// A fingerprint of texts.
#pragma once

#include <string>
#include <string_view>

namespace waybill {

// SHA-256 in hex.
std::string sha256_hex(std::string_view text);

}  // namespace waybill
