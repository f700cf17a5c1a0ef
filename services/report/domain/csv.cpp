#include "services/report/domain/csv.hpp"

namespace waybill::report::domain {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "-12", "-12.50".
bool is_negative_number(std::string_view cell) {
  if (cell.size() < 2 || cell.front() != '-' || !is_digit(cell[1]) || !is_digit(cell.back())) {
    return false;
  }
  const std::size_t dot = cell.find('.');
  for (std::size_t i = 1; i < cell.size(); ++i) {
    if (i != dot && !is_digit(cell[i])) return false;
  }
  return true;
}

bool looks_like_a_formula(std::string_view cell) {
  constexpr std::string_view dangerous{"=+-@\t\r"};
  return !cell.empty() && dangerous.find(cell.front()) != std::string_view::npos &&
         !is_negative_number(cell);
}

void append_cell(std::string& text, std::string_view cell) {
  std::string safe{looks_like_a_formula(cell) ? "'" : ""};
  safe += cell;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) {
    text += safe;
    return;
  }
  text += '"';
  for (const char c : safe) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

}  // namespace

void append_csv(std::string& text, std::initializer_list<std::string_view> cells) {
  bool is_first = true;
  for (const std::string_view cell : cells) {
    if (!is_first) text += ',';
    append_cell(text, cell);
    is_first = false;
  }
  text += "\r\n";
}

}  // namespace waybill::report::domain
