#include "libs/web/multipart.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <strings.h>

#include "libs/core/utf8.hpp"
#include "libs/web/http.hpp"
#include "libs/web/request_check.hpp"

namespace waybill::web {
namespace {

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

bool is_token_byte(char c) {
  return c > 0x20 && c < 0x7f && !std::strchr("()<>@,;:\\\"/[]?={}", c);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

std::string_view take_token(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_token_byte(text[size])) ++size;
  const std::string_view token = text.substr(0, size);
  text.remove_prefix(size);
  return token;
}

// A backslash escapes a quote or itself; elsewhere it stands for itself, since some clients send
// paths as they are.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    const bool escapes =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    value += text[escapes ? ++i : i];
  }
  return std::nullopt;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

// "; name=value; name="value"", names in lower case and each of them once.
std::optional<Parameters> read_parameters(std::string_view text) {
  Parameters found;
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    if (text.front() != ';') return std::nullopt;
    text.remove_prefix(1);
    skip_blanks(text);
    if (text.empty()) break;
    std::string name{take_token(text)};
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (name.empty() || text.empty() || text.front() != '=') return std::nullopt;
    text.remove_prefix(1);
    std::optional<std::string> value;
    if (!text.empty() && text.front() == '"') {
      value = take_quoted(text);
    } else if (const std::string_view token = take_token(text); !token.empty()) {
      value = std::string{token};
    }
    const bool is_known = std::any_of(found.begin(), found.end(),
                                      [&](const auto& pair) { return pair.first == name; });
    if (!value || is_known) return std::nullopt;
    found.emplace_back(std::move(name), std::move(*value));
  }
  return found;
}

const std::string* find(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

// A quote in a name is sent as %22 (HTML, section 4.10.21.8); other escapes stand for themselves.
std::string unescaped(std::string text) {
  for (std::size_t at = 0; (at = text.find("%22", at)) != std::string::npos; ++at) {
    text.replace(at, 3, "\"");
  }
  return text;
}

// "UTF-8''na%C3%AFve.txt" (RFC 8187, section 3.2); not meant for forms, but sent by some clients.
std::optional<std::string> read_extended(std::string_view text) {
  const std::size_t first = text.find('\'');
  const std::size_t second = text.find('\'', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  if (!same(text.substr(0, first), "utf-8")) return std::nullopt;
  return url_decode(text.substr(second + 1), false);
}

bool is_text(std::string_view text) {
  return is_utf8(text) && !has_control(text);
}

// Empty: fine.
std::string read_disposition(std::string_view value, Part& part) {
  const std::string_view type = take_token(value);
  const auto parameters = read_parameters(value);
  if (!same(type, "form-data") || !parameters) return "a Content-Disposition that is not form-data";
  const std::string* name = find(*parameters, "name");
  if (!name || name->empty()) return "a part without a name";
  part.name = unescaped(*name);
  if (const std::string* file_name = find(*parameters, "filename")) {
    part.file_name = unescaped(*file_name);
  }
  if (const std::string* extended = find(*parameters, "filename*")) {
    auto decoded = read_extended(*extended);
    if (!decoded) return "a filename* that is no UTF-8";
    part.file_name = std::move(*decoded);
  }
  if (!is_text(part.name)) return "a part's name that is no text";
  if (part.file_name && !is_text(*part.file_name)) {
    return "a file name with control characters, or that is no UTF-8";
  }
  return {};
}

// Empty: fine. Headers that nobody knows are ignored (RFC 7578, section 4.8).
std::string read_part(std::string_view block, Part& part) {
  if (const auto problem = check_header_bytes(block)) return *problem + " of a part";
  part = {};
  bool has_disposition = false;
  while (!block.empty()) {
    const std::size_t end = block.find("\r\n");
    const std::string_view line = block.substr(0, end);
    block.remove_prefix(end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return "a part's header without a colon";
    std::string_view value = line.substr(colon + 1);
    skip_blanks(value);
    const std::string_view name = line.substr(0, colon);
    if (same(name, "Content-Disposition")) {
      if (std::exchange(has_disposition, true)) return "two Content-Dispositions in a part";
      if (auto problem = read_disposition(value, part); !problem.empty()) return problem;
    } else if (same(name, "Content-Type")) {
      if (!part.content_type.empty()) return "two Content-Types in a part";
      part.content_type = value;
    } else if (same(name, "Content-Transfer-Encoding")) {
      if (!same(value, "binary") && !same(value, "8bit") && !same(value, "7bit")) {
        return "a Content-Transfer-Encoding in a part";
      }
    }
  }
  return has_disposition ? std::string{} : "a part without Content-Disposition";
}

bool is_boundary(std::string_view text) {
  if (text.empty() || text.size() > 70 || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || (c && std::strchr("'()+_,-./:=? ", c));
  });
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const std::size_t semicolon = std::min(content_type.find(';'), content_type.size());
  std::string_view type = content_type.substr(0, semicolon);
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (!same(type, "multipart/form-data")) return std::nullopt;
  const auto parameters = read_parameters(content_type.substr(semicolon));
  const std::string* boundary = parameters ? find(*parameters, "boundary") : nullptr;
  if (!boundary || !is_boundary(*boundary)) return std::nullopt;
  return *boundary;
}

std::optional<std::string> file_name_of(std::string_view disposition) {
  take_token(disposition);
  const auto parameters = read_parameters(disposition);
  if (!parameters) return std::nullopt;
  std::string name;
  if (const std::string* plain = find(*parameters, "filename")) name = *plain;
  if (const std::string* extended = find(*parameters, "filename*")) {
    auto decoded = read_extended(*extended);
    if (!decoded) return std::nullopt;
    name = std::move(*decoded);
  }
  if (!is_text(name)) return std::nullopt;
  return name;
}

MultipartParser::MultipartParser(std::string_view boundary, MultipartLimits limits)
    : delimiter_{"\r\n--" + std::string{boundary}}, limits_{limits} {}

void MultipartParser::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_.append(bytes);
}

MultipartParser::Event MultipartParser::next() {
  switch (state_) {
    case State::start:
      return begin();
    case State::delimiter:
      return after_delimiter();
    case State::header:
      return read_header();
    case State::body:
      return read_body();
    case State::epilogue:
      return read_epilogue();
    case State::refused:
      break;
  }
  return Event::refused;
}

// The first delimiter has no line break before it.
MultipartParser::Event MultipartParser::begin() {
  const std::string_view first = std::string_view{delimiter_}.substr(2);
  const std::string_view input = waiting();
  if (!input.starts_with(first.substr(0, input.size()))) {
    return refuse("it does not begin with its boundary");
  }
  if (input.size() < first.size()) return Event::more;
  at_ += first.size();
  state_ = State::delimiter;
  return after_delimiter();
}

MultipartParser::Event MultipartParser::after_delimiter() {
  const std::string_view input = waiting();
  if (input.size() < 2) return Event::more;
  if (input.starts_with("--")) {
    at_ += 2;
    state_ = State::epilogue;
    return read_epilogue();
  }
  if (!input.starts_with("\r\n")) return refuse("a boundary with something behind it");
  if (++parts_ > limits_.parts) {
    state_ = State::refused;
    fault_ = Fault{FaultKind::too_large,
                   "too-large",
                   fmt::format("A form has at most {} parts.", limits_.parts),
                   {{"limit", limits_.parts}}};
    return Event::refused;
  }
  at_ += 2;
  state_ = State::header;
  return read_header();
}

MultipartParser::Event MultipartParser::read_header() {
  const std::string_view input = waiting();
  const std::size_t end = input.find("\r\n\r\n");
  const bool is_whole = end != std::string_view::npos;
  if (is_whole ? end > limits_.header_bytes : input.size() > limits_.header_bytes + 3) {
    return refuse("a part's header is too large");
  }
  if (!is_whole) return Event::more;
  if (const auto problem = read_part(input.substr(0, end + 2), part_); !problem.empty()) {
    return refuse(problem);
  }
  at_ += end + 4;
  state_ = State::body;
  return Event::part;
}

MultipartParser::Event MultipartParser::read_body() {
  const std::string_view input = waiting();
  const std::size_t found = input.find(delimiter_);
  if (found == 0) {
    at_ += delimiter_.size();
    state_ = State::delimiter;
    return Event::end_of_part;
  }
  std::size_t count = found;
  if (found == std::string_view::npos) {
    // The beginning of a delimiter may be at the end.
    const std::size_t kept = std::min(input.size(), delimiter_.size() - 1);
    count = input.size() - kept;
  }
  if (count == 0) return Event::more;
  data_ = input.substr(0, count);
  at_ += count;
  return Event::data;
}

MultipartParser::Event MultipartParser::read_epilogue() {
  const std::string_view input = waiting();
  if (!std::string_view{"\r\n"}.starts_with(input)) return refuse("something comes behind its end");
  return Event::end;
}

MultipartParser::Event MultipartParser::refuse(const std::string& why) {
  state_ = State::refused;
  fault_ = Fault{FaultKind::invalid, "malformed-form", "The body is no form: " + why + '.', {}};
  return Event::refused;
}

}  // namespace waybill::web
