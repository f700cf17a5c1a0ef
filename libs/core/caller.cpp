#include "libs/core/caller.hpp"

#include <array>

namespace waybill {
namespace {

constexpr std::array<std::string_view, 4> kRoles{"nobody", "customer", "staff", "ops"};

}  // namespace

std::string to_header(const Caller& caller) {
  std::string text{kRoles[static_cast<std::size_t>(caller.role)]};
  return text + ' ' + (caller.user ? caller.user->to_string() : "-");
}

Caller parse_caller(std::string_view header) {
  const std::size_t space = header.find(' ');
  if (space == std::string_view::npos) return {};
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    if (header.substr(0, space) == kRoles[i]) {
      return {Id::parse(header.substr(space + 1)), static_cast<Role>(i)};
    }
  }
  return {};
}

}  // namespace waybill
