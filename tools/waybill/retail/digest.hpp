// A fingerprint of texts, for idempotency keys and sets of files.
#pragma once

#include <string>
#include <string_view>

namespace waybill::tool::retail {

// SHA-256 in hex.
std::string sha256_hex(std::string_view text);

}  // namespace waybill::tool::retail
