#include "tests/bench/answer.hpp"

#include <algorithm>
#include <charconv>

namespace waybill::bench {

std::size_t answer_length(std::string_view text, int& status) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::from_chars(text.data() + 9, text.data() + 12, status);
  static constexpr std::string_view kLength = "\r\ncontent-length:";
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto found = std::search(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(head),
                                 kLength.begin(), kLength.end(), same);
  std::size_t body = 0;
  if (found != text.begin() + static_cast<std::ptrdiff_t>(head)) {
    const char* digits = &*found + kLength.size();
    while (*digits == ' ') ++digits;
    std::from_chars(digits, text.data() + head, body);
  }
  const std::size_t length = head + 4 + body;
  return length <= text.size() ? length : 0;
}

}  // namespace waybill::bench
