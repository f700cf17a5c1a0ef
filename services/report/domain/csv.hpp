// Comma-separated values (RFC 4180) that a spreadsheet can't take for formulas. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace waybill::report::domain {

// Appends a line. A cell that begins with = + - @ tab or CR is prefixed with ' unless it is a
// negative number.
void append_csv(std::string& text, std::initializer_list<std::string_view> cells);

}  // namespace waybill::report::domain
