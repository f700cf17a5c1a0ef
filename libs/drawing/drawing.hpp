// Our own drawings (SVG 1.1) as pictures. librsvg and cairo stay inside.
#pragma once

#include <string>
#include <string_view>

namespace waybill::drawing {

// PNG, as large as the drawing says by its width and height (pixels). Throws std::runtime_error for
// what is no SVG or has no such size. Takes some 20 ms for 1280 × 720; any thread.
std::string to_png(std::string_view svg);

}  // namespace waybill::drawing
