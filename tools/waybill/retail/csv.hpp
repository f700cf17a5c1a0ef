// CSV as RFC 4180 says and as people write it: LF or CRLF, a byte order mark, text behind a closing
// quote, quotes that are never closed. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::tool::retail {

struct Record {
  std::size_t line = 1;             // of its first character; lines count from 1
  std::vector<std::string> fields;  // unquoted, spaces kept
  bool unclosed_quote = false;      // the field was ended by the end of its line
};

// Empty lines are no records. The first record says how many fields the others should have: a
// quoted field that runs over the end of the line is believed only if its record has that many, so
// that a stray quote costs one line and not all lines up to the next quote.
std::vector<Record> parse_csv(std::string_view text);

// UTF-8 as it is, without a byte order mark; anything else is taken for Latin-1.
std::string to_utf8(std::string bytes);

}  // namespace waybill::tool::retail
