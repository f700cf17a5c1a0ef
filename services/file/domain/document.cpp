#include "services/file/domain/document.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/core/utf8.hpp"

namespace waybill::file::domain {
namespace {

constexpr std::size_t kLongestType = 64;
constexpr std::size_t kLongestName = 128;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// U+0000…001F, U+007F and U+0080…009F, of which the last are two bytes.
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    const bool is_c1 =
        byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (is_c1) return true;
  }
  return false;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

Result<std::string> read_name(const char* field, std::string_view text, std::size_t most) {
  const std::string_view name = without_blanks(text);
  std::string wrong;
  if (!is_utf8(name) || has_control(name)) {
    wrong = "must be UTF-8 without control characters";
  } else if (name.empty() || characters(name) > most) {
    wrong = fmt::format("must have 1 to {} characters", most);
  }
  if (wrong.empty()) return std::string{name};
  boost::json::array errors{field_error(field, wrong)};
  return invalid("The name can't be used.", {{"errors", std::move(errors)}});
}

}  // namespace

Result<std::string> read_type_name(std::string_view text) {
  return read_name("type", text, kLongestType);
}

Result<std::string> read_document_name(std::string_view text) {
  return read_name("name", text, kLongestName);
}

Fault no_document() {
  return not_found();
}

Result<Id> owner_of(const Caller& caller) {
  if (caller.user) return *caller.user;
  return forbidden("Documents belong to an account: sign in as one.");
}

Result<void> check_change(const std::optional<Document>& document, const Caller& caller,
                          std::optional<std::int64_t> expected_version) {
  if (!document || !caller.may_act_for(document->owner_id)) return no_document();
  if (expected_version && *expected_version != document->version) return stale();
  return {};
}

Fault name_taken(const Document& by) {
  return conflict("already-exists", "There is a document of this type and name.",
                  {{"field", "name"}, {"document_id", by.id.to_string()}});
}

Fault type_name_taken(const DocumentType& by) {
  return conflict("already-exists", "There is a type of this name.",
                  {{"field", "name"}, {"type_id", by.id.to_string()}});
}

Fault limit_reached(std::string_view what, std::int64_t limit) {
  return conflict("limit-reached", fmt::format("An account keeps at most {} {}.", limit, what),
                  {{"limit", limit}});
}

}  // namespace waybill::file::domain
