#include "libs/blob/blob.hpp"

namespace waybill::blob {
namespace {

constexpr std::size_t kLongestKey = 200;

bool is_key_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_key(std::string_view text) {
  if (text.empty() || text.size() > kLongestKey) return false;
  bool in_segment = false;
  for (const char c : text) {
    if (c == '/' ? !in_segment : !is_key_byte(c)) return false;
    in_segment = c != '/';
  }
  return in_segment;
}

}  // namespace waybill::blob
