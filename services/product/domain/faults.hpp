// Refusals that several commands share.
#pragma once

#include <string_view>

#include "libs/core/fault.hpp"

namespace waybill::product::domain {

// 409: another product has the sku.
Fault sku_taken();

// 400 with the JSON pointer of the member.
Fault invalid_member(std::string_view pointer, std::string_view message);

Fault invalid_price();

}  // namespace waybill::product::domain
