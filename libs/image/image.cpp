// The one file that includes libvips.
#include "libs/image/image.hpp"

#include <memory>
#include <mutex>
#include <stdexcept>

#include <fmt/format.h>
#include <vips/vips.h>

namespace waybill::image {
namespace {

constexpr int kQuality = 85;
constexpr double kWhite = 255;

struct Release {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Release>;

// Loaders that read bytes of strangers every day, by the names of their classes; the many others
// stay shut.
struct Loader {
  std::string_view name;
  const char* type;
};
constexpr Loader kLoaders[]{{"VipsForeignLoadPngBuffer", "image/png"},
                            {"VipsForeignLoadJpegBuffer", "image/jpeg"},
                            {"VipsForeignLoadWebpBuffer", "image/webp"},
                            {"VipsForeignLoadNsgifBuffer", "image/gif"},
                            {"VipsForeignLoadTiffBuffer", "image/tiff"}};

void start() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (vips_init("waybill")) throw std::runtime_error{"libvips can't be started"};
    vips_concurrency_set(1);  // the caller's threads are enough
    vips_cache_set_max(0);    // no picture comes twice
    vips_block_untrusted_set(TRUE);
    // What is wrong with a picture is told to whoever sent it.
    const auto drop = [](const char*, GLogLevelFlags, const char*, void*) {};
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, drop, nullptr);
  });
}

Fault no_image() {
  vips_error_clear();
  return {FaultKind::unsupported,
          "unsupported-type",
          "This is no image, or a broken one.",
          {{"accepted", {"image/png", "image/jpeg", "image/webp", "image/gif", "image/tiff"}}}};
}

const Loader* find_loader(std::string_view bytes) {
  const char* found = vips_foreign_find_load_buffer(bytes.data(), bytes.size());
  for (const Loader& loader : kLoaders) {
    if (found && loader.name == found) return &loader;
  }
  return nullptr;
}

Image open(std::string_view bytes) {
  return Image{vips_image_new_from_buffer(bytes.data(), bytes.size(), "", "access",
                                          VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                          nullptr)};
}

// Not by vips_thumbnail_buffer(): that one takes broken pictures.
Image shrunk(std::string_view bytes, const Shrinking& wanted) {
  const Image whole = open(bytes);
  VipsImage* out = nullptr;
  const bool failed =
      !whole || vips_thumbnail_image(whole.get(), &out, static_cast<int>(wanted.width), "height",
                                     static_cast<int>(wanted.height), "size", VIPS_SIZE_DOWN,
                                     "export_profile", "srgb", nullptr);
  return failed ? nullptr : Image{out};
}

Image without_transparency(Image image) {
  if (!vips_image_hasalpha(image.get())) return image;
  const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> white{
      vips_array_double_new(&kWhite, 1),
      [](VipsArrayDouble* array) { vips_area_unref(VIPS_AREA(array)); }};
  VipsImage* out = nullptr;
  if (vips_flatten(image.get(), &out, "background", white.get(), nullptr)) return nullptr;
  return Image{out};
}

// Decoding happens here, as far as the picture is needed.
std::optional<std::string> encoded(Image image, Format format) {
  void* data = nullptr;
  std::size_t size = 0;
  int failed = 0;
  if (format == Format::png) {
    failed = vips_pngsave_buffer(image.get(), &data, &size, "strip", TRUE, nullptr);
  } else {
    image = without_transparency(std::move(image));
    failed = !image || vips_jpegsave_buffer(image.get(), &data, &size, "strip", TRUE, "Q", kQuality,
                                            "optimize_coding", TRUE, nullptr);
  }
  if (failed) return std::nullopt;
  const std::unique_ptr<void, decltype(&g_free)> owner{data, &g_free};
  return std::string{static_cast<const char*>(data), size};
}

}  // namespace

Result<Properties> probe(std::string_view bytes) {
  start();
  const Loader* loader = find_loader(bytes);
  if (!loader) return no_image();
  const Image image = open(bytes);
  if (!image) return no_image();
  return Properties{loader->type, static_cast<std::uint32_t>(vips_image_get_width(image.get())),
                    static_cast<std::uint32_t>(vips_image_get_height(image.get()))};
}

Result<std::string> shrink(std::string_view bytes, const Shrinking& wanted) {
  const auto properties = probe(bytes);
  if (!properties) return properties.error();
  if (properties->pixels() > wanted.most_pixels) {
    return Fault{FaultKind::too_large,
                 "too-large",
                 fmt::format("The image has {} × {} pixels; {} in all are taken.",
                             properties->width, properties->height, wanted.most_pixels),
                 {{"limit", wanted.most_pixels}}};
  }
  Image image = shrunk(bytes, wanted);
  if (!image) return no_image();
  auto copy = encoded(std::move(image), wanted.format);
  if (!copy) return no_image();
  return std::move(*copy);
}

}  // namespace waybill::image
