#include "services/order/domain/order.hpp"

#include <algorithm>
#include <unordered_map>

namespace waybill::order::domain {
namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equal_in_any_case(std::string_view text, std::string_view upper_case) {
  return std::ranges::equal(text, upper_case, {}, upper);
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::pending:
      return "PENDING";
    case Status::confirmed:
      return "CONFIRMED";
    case Status::rejected:
      return "REJECTED";
    case Status::paid:
      return "PAID";
    case Status::shipped:
      return "SHIPPED";
    case Status::delivered:
      return "DELIVERED";
    case Status::canceled:
      return "CANCELED";
  }
  return "PENDING";
}

std::optional<Status> parse_status(std::string_view text) {
  for (const Status status : all_statuses) {
    if (equal_in_any_case(text, to_string(status))) return status;
  }
  return std::nullopt;
}

std::vector<Line> merge_lines(const std::vector<Line>& lines) {
  std::vector<Line> merged;
  std::unordered_map<Id, std::size_t> places;
  for (const Line& line : lines) {
    const auto [place, is_new] = places.try_emplace(line.product_id, merged.size());
    if (is_new) {
      merged.push_back(line);
    } else {
      merged[place->second].quantity += line.quantity;
    }
  }
  return merged;
}

}  // namespace waybill::order::domain
