// Pictures from strangers: what they are before anything is decoded, and a smaller, clean copy of
// them. libvips stays inside. All functions block for up to some tenths of a second, so they belong
// on a pool of threads; any thread may call them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/core/fault.hpp"

namespace waybill::image {

struct Properties {
  std::string type;  // image/png, image/jpeg, image/webp, image/gif, image/tiff
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  std::uint64_t pixels() const { return std::uint64_t{width} * height; }
};

// Reads the header alone: nothing is decoded, whatever its size says. 415 unsupported-type for what
// is none of the types above, or has no header that can be read.
Result<Properties> probe(std::string_view bytes);

enum class Format { png, jpeg };

struct Shrinking {
  // The copy fits into this box, its aspect kept; one that fits already keeps its size.
  std::uint32_t width = 960;
  std::uint32_t height = 960;
  Format format = Format::png;
  // Of the original, looked at before decoding. 413 too-large with `limit` beyond.
  std::uint64_t most_pixels = 50'000'000;
};

// The first frame, turned as its orientation says, in sRGB, re-encoded without any metadata. JPEG
// has no transparency: white is behind it. Faults as probe's; 415, too, for a body that is broken.
Result<std::string> shrink(std::string_view bytes, const Shrinking& wanted);

}  // namespace waybill::image
