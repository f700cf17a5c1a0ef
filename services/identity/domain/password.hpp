// Which passwords are allowed: 8 to 256 characters of any script, nothing about their composition.
#pragma once

#include <string_view>

#include "libs/core/fault.hpp"

namespace waybill::identity::domain {

// 400 with the pointer of the member. Characters are code points of UTF-8; nothing is trimmed. The
// own names, in whatever case of ASCII letters, are no passwords.
Result<void> check_password(std::string_view password, std::string_view email,
                            std::string_view username, std::string_view pointer);

}  // namespace waybill::identity::domain
