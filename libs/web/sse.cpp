#include "libs/web/sse.hpp"

namespace waybill::web {
namespace {

// A field ends with its line: a line break inside would start another field, so it is cut there.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(value.substr(0, value.find_first_of("\r\n"))).append("\n");
}

// CR, LF and CRLF all end a line.
void append_lines(std::string& out, std::string_view name, std::string_view text) {
  for (;;) {
    const std::size_t end = text.find_first_of("\r\n");
    append_field(out, name, text);
    if (end == std::string_view::npos) return;
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
}

}  // namespace

std::string sse_event(std::string_view id, std::string_view event, std::string_view data) {
  std::string out;
  out.reserve(id.size() + event.size() + data.size() + 32);
  if (!id.empty()) append_field(out, "id: ", id);
  if (!event.empty()) append_field(out, "event: ", event);
  append_lines(out, "data: ", data);
  return out += '\n';
}

std::string sse_comment(std::string_view text) {
  std::string out;
  append_lines(out, ": ", text);
  return out += '\n';
}

}  // namespace waybill::web
