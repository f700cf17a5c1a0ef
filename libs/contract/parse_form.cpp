#include "libs/contract/json.hpp"
#include "libs/web/http.hpp"

namespace waybill::contract {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

// Forms are OAuth's, so the problem carries OAuth's member too (RFC 6749, section 5.2).
Fault malformed(std::string detail) {
  return {FaultKind::invalid, "malformed-form", std::move(detail), {{"error", "invalid_request"}}};
}

bool is_utf8(const json::value& value) {
  json::error_code error;
  json::parse(json::serialize(value), error);
  return !error;
}

}  // namespace

Result<json::value> parse_form(std::string_view text) {
  const auto pairs = web::parse_query(text);
  if (!pairs) return malformed("The form has an escape that is none.");
  json::object members;
  std::set<std::string_view> names;
  for (const auto& [name, value] : *pairs) {
    if (!names.insert(name).second) return malformed("A member of the form comes twice.");
    if (!value.empty()) members.emplace(name, value);
  }
  json::value form(std::move(members));  // braces would make it a list
  if (!is_utf8(form)) return malformed("The form has text that is no UTF-8.");
  return form;
}

bool is_form(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return std::equal(type.begin(), type.end(), kFormType.begin(), kFormType.end(),
                    [](char left, char right) {
                      return std::tolower(static_cast<unsigned char>(left)) == right;
                    });
}

}  // namespace waybill::contract
