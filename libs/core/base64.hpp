// Base64 with the URL-safe alphabet and without padding (RFC 4648 section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill {

std::string base64url_encode(std::string_view data);
// nullopt for anything that base64url_encode can't have written.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace waybill
