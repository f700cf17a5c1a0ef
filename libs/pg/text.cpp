#include "libs/pg/text.hpp"

#include <charconv>

#include <fmt/format.h>

#include "libs/pg/pg.hpp"

namespace waybill::pg {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  throw Error{"bytea is not in hex form"};
}

// The number in text[from, from + width).
int number(std::string_view text, std::size_t from, std::size_t width) {
  int value = 0;
  const char* last = text.data() + from + width;
  const auto [end, error] = std::from_chars(text.data() + from, last, value);
  if (error != std::errc{} || end != last) throw Error{"not a timestamp: " + std::string{text}};
  return value;
}

// ".5" is half a second: digits that PostgreSQL leaves off are zeros.
int micros_of(std::string_view fraction) {
  int micros = 0;
  int scale = 100'000;
  for (std::size_t i = 1; i < fraction.size(); ++i, scale /= 10) {
    micros += number(fraction, i, 1) * scale;
  }
  return micros;
}

}  // namespace

Instant parse_timestamp(std::string_view text) {
  if (text.size() < 22 || text[10] != ' ' || !text.ends_with("+00")) {
    throw Error{"not a timestamp in UTC: " + std::string{text}};
  }
  const std::chrono::year_month_day date{
      std::chrono::year{number(text, 0, 4)},
      std::chrono::month{static_cast<unsigned>(number(text, 5, 2))},
      std::chrono::day{static_cast<unsigned>(number(text, 8, 2))}};
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{number(text, 11, 2)} +
         std::chrono::minutes{number(text, 14, 2)} + seconds{number(text, 17, 2)} +
         std::chrono::microseconds{micros_of(text.substr(19, text.size() - 22))};
}

std::string format_timestamp(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}+00", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::string to_hex(std::string_view data) {
  std::string text(2 + 2 * data.size(), '\\');
  text[1] = 'x';
  std::size_t at = 2;
  for (const char c : data) {
    const auto byte = static_cast<unsigned char>(c);
    text[at++] = kHex[byte >> 4];
    text[at++] = kHex[byte & 0x0f];
  }
  return text;
}

std::string from_hex(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) throw Error{"bytea is not in hex form"};
  std::string data(text.size() / 2 - 1, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<char>(nibble(text[2 * i + 2]) << 4 | nibble(text[2 * i + 3]));
  }
  return data;
}

void append_literal(std::string& sql, std::string_view text) {
  sql += '\'';
  for (std::size_t from = 0;;) {
    const std::size_t quote = text.find('\'', from);
    if (quote == std::string_view::npos) {
      sql.append(text.substr(from));
      break;
    }
    sql.append(text.substr(from, quote - from)).append("''");
    from = quote + 1;
  }
  sql += '\'';
}

Param::Param(Instant at) : text_{format_timestamp(at)} {}

Param::Param(double value) : text_{fmt::format("{}", value)} {}

Param bytes(std::string_view data) {
  return Param{to_hex(data)};
}

void Array::add(const Param& element) {
  if (size_++ > 0) text_ += ',';
  const auto& value = element.text();
  if (!value) {
    text_ += "NULL";
    return;
  }
  // Ids, numbers and timestamps would do without quotes, but scanning for that costs more than they
  // do.
  text_ += '"';
  for (std::size_t from = 0;;) {
    const std::size_t special = value->find_first_of("\"\\", from);
    if (special == std::string::npos) {
      text_.append(*value, from);
      break;
    }
    text_.append(*value, from, special - from).append(1, '\\').append(1, (*value)[special]);
    from = special + 1;
  }
  text_ += '"';
}

Array::operator Param() const {
  return Param{text_ + '}'};
}

}  // namespace waybill::pg
