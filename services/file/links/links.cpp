#include "services/file/links/links.hpp"

#include <charconv>

#include <openssl/crypto.h>

#include "libs/auth/secrets.hpp"
#include "libs/core/base64.hpp"

namespace waybill::file::links {
namespace {

constexpr std::string_view kAttachment = "attachment";

std::string signature(const config::Secret& secret, const Id& file, std::int64_t expires,
                      std::string_view disposition) {
  const std::string text = fmt::format("{}\n{}\n{}", file.to_string(), expires, disposition);
  return base64url_encode(auth::keyed_digest(secret, text));
}

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

Fault refusal(const char* code, const char* detail) {
  return {FaultKind::forbidden, code, detail, {}};
}

}  // namespace

std::string Links::make(const Id& file, Instant expires, Disposition disposition) const {
  return options_.base_url + path(file, expires, disposition);
}

std::string Links::path(const Id& file, Instant expires, Disposition disposition) const {
  const auto at = std::chrono::floor<seconds>(expires).time_since_epoch().count();
  const bool attached = disposition == Disposition::attachment;
  return fmt::format("/v1/files/{}?expires={}{}&signature={}", file.to_string(), at,
                     attached ? "&disposition=attachment" : "",
                     signature(options_.secret, file, at, attached ? kAttachment : ""));
}

Result<Disposition> Links::check(const web::Request& request, const Id& file, Instant now) const {
  const std::string_view disposition = request.query_value("disposition");
  const std::string_view given = request.query_value("signature");
  const std::string_view text = request.query_value("expires");
  std::int64_t expires = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), expires);
  bool is_ours = error == std::errc{} && end == text.data() + text.size() &&
                 same(given, signature(options_.secret, file, expires, disposition));
  if (!is_ours && !options_.secret_before.empty()) {
    is_ours = same(given, signature(options_.secret_before, file, expires, disposition));
  }
  if (!is_ours) return refusal("link-invalid", "This link is not one of ours, or was changed.");
  if (std::chrono::floor<seconds>(now).time_since_epoch().count() >= expires) {
    return refusal("link-expired", "This link has expired.");
  }
  return disposition == kAttachment ? Disposition::attachment : Disposition::as_stored;
}

}  // namespace waybill::file::links
