#include "libs/web/download.hpp"

#include <charconv>

#include "libs/core/text.hpp"

namespace waybill::web {
namespace {

// Strong comparison; weak tags match nothing, or, where `weakly`, their strong form.
bool lists(std::string_view tags, std::string_view etag, bool weakly) {
  if (trimmed(tags) == "*") return true;
  return any_element(tags, [etag, weakly](std::string_view tag) {
    if (weakly && tag.starts_with("W/")) tag.remove_prefix(2);
    return tag == etag;
  });
}

bool read_number(std::string_view text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

Slice unsatisfiable() {
  return {416, 0, 0};
}

Slice apply_range(std::string_view range, std::uint64_t size) {
  const Slice whole{200, 0, size};
  if (!range.starts_with("bytes=") || range.find(',') != std::string_view::npos) return whole;
  range = trimmed(range.substr(6));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view from = range.substr(0, dash), to = range.substr(dash + 1);
  std::uint64_t first = 0, last = size - 1;
  if (from.empty()) {  // the last so many bytes
    std::uint64_t count = 0;
    if (!read_number(to, count)) return whole;
    if (count == 0 || size == 0) return unsatisfiable();
    first = size - std::min(count, size);
  } else {
    if (!read_number(from, first)) return whole;
    if (!to.empty() && (!read_number(to, last) || last < first)) return whole;
    if (first >= size) return unsatisfiable();
    last = std::min(last, size - 1);
  }
  return {206, first, last - first + 1};
}

}  // namespace

Slice choose_slice(const Request& request, std::uint64_t size, std::string_view etag) {
  const std::string_view wanted = request.headers.get("If-Match");
  if (!wanted.empty() && !lists(wanted, etag, false)) return {412, 0, 0};
  const std::string_view known = request.headers.get("If-None-Match");
  if (!known.empty() && lists(known, etag, true)) return {304, 0, 0};
  const std::string_view range = request.headers.get("Range");
  const std::string_view if_range = trimmed(request.headers.get("If-Range"));
  if (range.empty() || (!if_range.empty() && if_range != etag)) return {200, 0, size};
  return apply_range(range, size);
}

void add_slice_headers(const Slice& slice, std::uint64_t size, std::string_view etag,
                       Headers& headers) {
  headers.set("ETag", std::string{etag});
  headers.set("Accept-Ranges", "bytes");
  if (slice.status == 200 || slice.status == 206) {
    headers.set("Content-Length", std::to_string(slice.length));
  }
  if (slice.status == 206) {
    headers.set("Content-Range",
                fmt::format("bytes {}-{}/{}", slice.first, slice.first + slice.length - 1, size));
  } else if (slice.status == 416) {
    headers.set("Content-Range", fmt::format("bytes */{}", size));
  }
}

std::string content_disposition(bool is_attachment, std::string_view file_name) {
  std::string text = is_attachment ? "attachment" : "inline";
  if (file_name.empty()) return text;
  std::string plain;
  for (const char c : file_name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xc0) continue;  // one replacement per character
    plain += byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\' || c == '%' ? '_' : c;
  }
  text += "; filename=\"" + plain + '"';
  if (plain != file_name) text += "; filename*=UTF-8''" + url_encode(file_name);
  return text;
}

}  // namespace waybill::web
