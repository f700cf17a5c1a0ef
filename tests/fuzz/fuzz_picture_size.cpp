// The size of a picture is the same however its bytes are cut into pieces.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "services/file/media/picture_size.hpp"

namespace {

using waybill::file::media::PictureSize;

std::optional<std::uint64_t> pixels(std::string_view bytes, std::size_t piece) {
  PictureSize picture;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    picture.take(bytes.substr(0, piece));
  }
  return picture.pixels();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = pixels(bytes, size + 1);
  if (pixels(bytes, 1) != whole || pixels(bytes, 7) != whole) std::abort();
  return 0;
}
