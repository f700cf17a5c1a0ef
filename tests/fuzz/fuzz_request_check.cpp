// Whatever the bytes, the checks end, and what they let through has none of the ambiguities that
// requests are smuggled with. The first line is split at its spaces, the others at their first
// colon.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <strings.h>

#include "libs/web/request_check.hpp"

namespace {

using namespace waybill::web;

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view cut(std::string_view& text, std::string_view separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + separator.size(), text.size()));
  return part;
}

RawRequest split(std::string_view block) {
  RawRequest request;
  std::string_view line = cut(block, "\r\n");
  request.method = cut(line, " ");
  request.target = cut(line, " ");
  request.version = line == "HTTP/1.0" ? 10 : 11;
  while (!block.empty()) {
    std::string_view field = cut(block, "\r\n");
    const std::string_view name = cut(field, ":");
    if (field.starts_with(' ')) field.remove_prefix(1);
    request.headers.emplace_back(name, field);
  }
  return request;
}

int count(const RawRequest& request, std::string_view name) {
  int found = 0;
  for (const auto& [key, value] : request.headers) found += same(key, name);
  return found;
}

void require(bool fact) {
  if (!fact) std::abort();
}

void require_clean(std::string_view text, bool spaces_allowed) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    require(byte > 0x20 || (spaces_allowed && (c == ' ' || c == '\t')));
    require(byte != 0x7f);
  }
}

void require_unambiguous(const RawRequest& request) {
  const int lengths = count(request, "Content-Length");
  const int encodings = count(request, "Transfer-Encoding");
  require(lengths + encodings <= 1);
  require(count(request, "Host") <= 1);
  require(request.version == 10 || count(request, "Host") == 1);
  require(!request.method.empty() && request.method != "CONNECT");
  require(!request.target.empty());
  require_clean(request.method, false);
  require_clean(request.target, false);
  for (const auto& [name, value] : request.headers) {
    require(!name.empty());
    require_clean(name, false);
    require_clean(value, true);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view block{reinterpret_cast<const char*>(data), size};
  check_header_bytes(block);
  const RawRequest request = split(block);
  if (!check_request(request)) require_unambiguous(request);
  return 0;
}
