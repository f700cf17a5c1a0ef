#include "services/bot/domain/html.hpp"

#include <vector>

namespace waybill::bot::domain {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kMiddle = "***";
constexpr std::size_t kLabelBegin = 15, kLabelEnd = 8;  // characters that a long label keeps

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

// What lies beyond the basic plane (four bytes in UTF-8) takes two units.
std::size_t units_of(char first) {
  if (!begins_character(first)) return 0;
  return static_cast<unsigned char>(first) >= 0xf0 ? 2 : 1;
}

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && !begins_character(text[end])) ++end;
    found.push_back(text.substr(at, end - at));
    at = end;
  }
  return found;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '&') {
      escaped += "&amp;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) length += units_of(c);
  return length;
}

std::string cut(std::string_view text, std::size_t most) {
  if (utf16_length(text) <= most) return std::string{text};
  if (most == 0) return {};
  std::string kept;
  std::size_t length = 1;  // the ellipsis
  for (const std::string_view character : characters(text)) {
    length += units_of(character.front());
    if (length > most) break;
    kept += character;
  }
  return kept.append(kEllipsis);
}

std::string shorten_label(std::string_view text) {
  const auto all = characters(text);
  if (all.size() <= most_label) return std::string{text};
  std::string label;
  for (std::size_t i = 0; i < kLabelBegin; ++i) label += all[i];
  label += kMiddle;
  for (std::size_t i = all.size() - kLabelEnd; i < all.size(); ++i) label += all[i];
  return label;
}

}  // namespace waybill::bot::domain
