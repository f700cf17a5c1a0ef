// Whether bytes are UTF-8.
#pragma once

#include <string_view>

namespace waybill {

// Takes UTF-8 byte by byte (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
class Utf8Check {
 public:
  bool accept(unsigned char byte) {
    if (missing_ > 0) {
      const bool fits = byte >= low_ && byte <= high_;
      low_ = 0x80;
      high_ = 0xbf;
      --missing_;
      return fits;
    }
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte == 0xe0) low_ = 0xa0;
    if (byte == 0xed) high_ = 0x9f;
    if (byte == 0xf0) low_ = 0x90;
    if (byte == 0xf4) high_ = 0x8f;
    return true;
  }
  bool complete() const { return missing_ == 0; }

 private:
  int missing_ = 0;
  unsigned char low_ = 0x80;
  unsigned char high_ = 0xbf;
};

inline bool is_utf8(std::string_view text) {
  Utf8Check check;
  for (const char c : text) {
    if (!check.accept(static_cast<unsigned char>(c))) return false;
  }
  return check.complete();
}

}  // namespace waybill
