#include "libs/drawing/drawing.hpp"

#include <memory>
#include <stdexcept>

#include <cairo.h>
#include <librsvg/rsvg.h>

namespace waybill::drawing {
namespace {

struct Release {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};

cairo_status_t append(void* text, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

[[noreturn]] void fail(GError* error) {
  const std::string reason = error ? error->message : "unknown";
  g_clear_error(&error);
  throw std::runtime_error{"the drawing can't be read: " + reason};
}

}  // namespace

std::string to_png(std::string_view svg) {
  GError* error = nullptr;
  const std::unique_ptr<RsvgHandle, Release> handle{
      rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &error)};
  if (!handle) fail(error);
  double width = 0, height = 0;
  if (!rsvg_handle_get_intrinsic_size_in_pixels(handle.get(), &width, &height)) {
    throw std::runtime_error{"the drawing has no size in pixels"};
  }
  const std::unique_ptr<cairo_surface_t, Release> surface{cairo_image_surface_create(
      CAIRO_FORMAT_ARGB32, static_cast<int>(width), static_cast<int>(height))};
  const std::unique_ptr<cairo_t, Release> context{cairo_create(surface.get())};
  const RsvgRectangle whole{0, 0, width, height};
  if (!rsvg_handle_render_document(handle.get(), context.get(), &whole, &error)) fail(error);
  std::string png;
  if (cairo_surface_write_to_png_stream(surface.get(), append, &png) != CAIRO_STATUS_SUCCESS) {
    fail(nullptr);
  }
  return png;
}

}  // namespace waybill::drawing
