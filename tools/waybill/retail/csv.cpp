#include "tools/waybill/retail/csv.hpp"

#include <cstdint>

namespace waybill::tool::retail {
namespace {

// Reads one record at a time; `multiline` says whether a quoted field may contain line ends.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_{text} {}

  bool at_end() const { return at_ == text_.size(); }

  Record next(bool multiline) {
    Record record;
    record.line = line_;
    do record.fields.push_back(next_field(multiline, record));
    while (take_comma());
    take_line_end();
    return record;
  }

  struct Place {
    std::size_t at, line;
  };
  Place place() const { return {at_, line_}; }
  void back_to(Place place) {
    at_ = place.at;
    line_ = place.line;
  }

 private:
  bool at_line_end() const { return at_end() || text_[at_] == '\n' || is_crlf(); }
  bool at_field_end() const { return at_line_end() || text_[at_] == ','; }
  bool is_crlf() const {
    return text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n');
  }

  std::string next_field(bool multiline, Record& record) {
    std::string field;
    if (!at_end() && text_[at_] == '"') field = quoted(multiline, record);
    // Text behind a closing quote some lines further down: that quote opened another field.
    const bool closed_elsewhere = field.find('\n') != std::string::npos && !at_field_end();
    if (closed_elsewhere) record.unclosed_quote = true;
    while (!at_line_end() && text_[at_] != ',') field += text_[at_++];
    return field;
  }

  std::string quoted(bool multiline, Record& record) {
    std::string field;
    ++at_;
    while (!at_end()) {
      if (!multiline && at_line_end()) break;
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c != '"') {
        field += c;
      } else if (!at_end() && text_[at_] == '"') {
        field += text_[at_++];
      } else {
        return field;
      }
    }
    record.unclosed_quote = true;
    return field;
  }

  bool take_comma() {
    if (at_end() || text_[at_] != ',') return false;
    ++at_;
    return true;
  }

  void take_line_end() {
    if (at_end()) return;
    if (text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

bool is_blank(const Record& record) {
  return record.fields.size() == 1 &&
         record.fields[0].find_first_not_of(" \t\r") == std::string::npos;
}

// How many bytes the sequence that starts at `at` has; 0 if it is no UTF-8 (RFC 3629, section 4).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : std::uint8_t{0};
  };
  const auto is_tail = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return is_tail(1) && is_tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return is_tail(1) && is_tail(2) && is_tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string utf8;
  utf8.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | (byte >> 6));
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

}  // namespace

std::vector<Record> parse_csv(std::string_view text) {
  std::vector<Record> records;
  Reader reader{text};
  while (!reader.at_end()) {
    const auto start = reader.place();
    Record record = reader.next(true);
    const bool several_lines = reader.place().line > start.line + 1;
    const bool fits = records.empty() || record.fields.size() == records[0].fields.size();
    if (record.unclosed_quote || (several_lines && !fits)) {
      reader.back_to(start);
      record = reader.next(false);
    }
    if (!is_blank(record)) records.push_back(std::move(record));
  }
  return records;
}

std::string to_utf8(std::string bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
  return is_utf8(bytes) ? bytes : latin1_to_utf8(bytes);
}

}  // namespace waybill::tool::retail
