// The small grammar that HTTP's header fields share.
#pragma once

#include <string_view>

namespace waybill {

// Without blanks and tabs at its ends (OWS, RFC 9110, section 5.6.3).
inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Whether `accept` takes one of the elements between commas (RFC 9110, section 5.6.1), each
// trimmed.
template <class Accept>
bool any_element(std::string_view list, Accept accept) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (accept(trimmed(list.substr(0, comma)))) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace waybill
