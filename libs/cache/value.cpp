#include "libs/cache/value.hpp"

#include <charconv>

namespace waybill::cache {

std::string encode(const Representation& value) {
  std::string text = 'v' + std::to_string(value.version) + ' ';
  text += value.owner.empty() ? "-" : value.owner;
  text += '\n';
  text += value.body;
  return text;
}

std::optional<Representation> decode(std::string_view text) {
  const std::size_t line = text.find('\n');
  const std::size_t space = text.find(' ');
  if (line == std::string_view::npos || space > line || text.front() != 'v') return std::nullopt;
  Representation value;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + space, value.version);
  if (error != std::errc{} || end != text.data() + space) return std::nullopt;
  const std::string_view owner = text.substr(space + 1, line - space - 1);
  if (owner != "-") value.owner = owner;
  value.body = text.substr(line + 1);
  return value;
}

}  // namespace waybill::cache
