#include "services/gateway/edge/conditions.hpp"

#include <charconv>

#include "libs/core/text.hpp"

namespace waybill::gateway {
namespace {

constexpr std::string_view kPacked = "-gzip\"";

// Without what tells weak from strong, and packed from plain.
std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  tag.remove_suffix(tag.ends_with(kPacked) ? kPacked.size() : tag.ends_with('"') ? 1 : 0);
  return tag;
}

// If-Match compares strongly.
bool matches(std::string_view if_match, std::string_view etag) {
  if (trimmed(if_match) == "*") return true;
  if (etag.starts_with("W/")) return false;
  return any_element(if_match, [etag](std::string_view tag) {
    return !tag.starts_with("W/") && opaque(tag) == opaque(etag);
  });
}

// The tag that the 200 would have had: the client's own, since packing is decided later.
std::string known_tag(std::string_view if_none_match, std::string_view etag) {
  const std::string packed = packed_etag(etag);
  const bool has_packed =
      any_element(if_none_match, [&packed](std::string_view tag) { return tag == packed; });
  return has_packed ? packed : std::string{etag};
}

web::Response not_modified(const web::Response& full, std::string etag) {
  web::Response response;
  response.status = 304;
  response.headers.add("ETag", std::move(etag));
  for (const std::string_view name : {"Cache-Control", "Vary"}) {
    const std::string_view value = full.headers.get(name);
    if (!value.empty()) response.headers.add(name, std::string{value});
  }
  return response;
}

}  // namespace

std::string packed_etag(std::string_view etag) {
  if (!etag.ends_with('"') || etag.starts_with("W/") || etag.ends_with(kPacked)) {
    return std::string{etag};
  }
  return std::string{etag.substr(0, etag.size() - 1)}.append(kPacked);
}

std::string etag_of(std::int64_t version) {
  return fmt::format("\"{}\"", version);
}

bool has_etag(std::string_view if_none_match, std::string_view etag) {
  if (trimmed(if_none_match) == "*") return true;
  return any_element(if_none_match,
                     [etag](std::string_view tag) { return opaque(tag) == opaque(etag); });
}

std::optional<std::int64_t> expected_version(std::string_view if_match) {
  const std::string_view tag = trimmed(if_match);
  if (tag.empty() || tag == "*") return std::nullopt;
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return 0;
  const std::string_view digits = opaque(tag).substr(1);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), version);
  const bool is_version = error == std::errc{} && end == digits.end() && version > 0;
  return is_version ? version : 0;
}

web::Response apply_conditions(const web::Request& request, web::Response&& response) {
  const std::string_view etag = response.headers.get("ETag");
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (!is_read || response.status != 200 || etag.empty()) return std::move(response);
  const std::string_view wanted = request.headers.get("If-Match");
  if (!wanted.empty() && !matches(wanted, etag)) return web::problem_response(stale(), request);
  const std::string_view known = request.headers.get("If-None-Match");
  if (known.empty() || !has_etag(known, etag)) return std::move(response);
  return not_modified(response, known_tag(known, etag));
}

}  // namespace waybill::gateway
