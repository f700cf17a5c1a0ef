#include "libs/core/caller.hpp"

#include "libs/core/roles.hpp"

namespace waybill {

std::string to_header(const Caller& caller) {
  std::string text{to_string(caller.role)};
  return text + ' ' + (caller.user ? caller.user->to_string() : "-");
}

Caller parse_caller(std::string_view header) {
  const std::size_t space = header.find(' ');
  if (space == std::string_view::npos) return {};
  const auto role = parse_role(header.substr(0, space));
  if (!role) return {};
  return {Id::parse(header.substr(space + 1)), *role};
}

}  // namespace waybill
