// Drawings as pictures.
#pragma once

#include <string>
#include <string_view>

namespace waybill::bot::telegram {

// PNG, 1280 × 720. Throws std::runtime_error for what is no SVG. Takes some 20 ms.
std::string to_png(std::string_view svg);

}  // namespace waybill::bot::telegram
