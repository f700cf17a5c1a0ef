// What of a stored object a GET or HEAD gets, by its conditions and Range (RFC 9110, sections 13
// and 14), and under which name it is saved. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/web/http.hpp"

namespace waybill::web {

struct Slice {
  int status = 200;  // 206, 304, 412, 416
  std::uint64_t first = 0;
  std::uint64_t length = 0;  // bytes; 0 for 304, 412, 416
};

// Of an object of `size` bytes with a strong `etag` (with its quotes). If-Match and If-None-Match
// first; then one range of bytes, if If-Range allows it. Several ranges, other units and what can't
// be read mean the whole.
Slice choose_slice(const Request& request, std::uint64_t size, std::string_view etag);

// ETag, Accept-Ranges, Content-Length and Content-Range of the answer.
void add_slice_headers(const Slice& slice, std::uint64_t size, std::string_view etag,
                       Headers& headers);

// "attachment; filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt" (RFC 6266, RFC 8187), or
// inline. The name is UTF-8 without control characters.
std::string content_disposition(bool is_attachment, std::string_view file_name);

}  // namespace waybill::web
