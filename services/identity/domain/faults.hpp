// Refusals that several commands share.
#pragma once

#include <string_view>

#include "libs/core/fault.hpp"

namespace waybill::identity::domain {

// 400 with the JSON pointer of the member.
Fault invalid_member(std::string_view pointer, std::string_view message);
Fault must_not_be_null(std::string_view pointer);

}  // namespace waybill::identity::domain
