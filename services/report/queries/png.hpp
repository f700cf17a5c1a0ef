// SVG drawn as a picture of points.
#pragma once

#include <string>
#include <string_view>

namespace waybill::report::queries {

// Throws std::runtime_error for what is no SVG. Any thread.
std::string to_png(std::string_view svg);

}  // namespace waybill::report::queries
