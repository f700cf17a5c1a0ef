#include "services/file/uploads/raw_body.hpp"

#include <algorithm>

#include "libs/core/base64.hpp"
#include "libs/core/text.hpp"
#include "libs/web/multipart.hpp"
#include "services/file/uploads/form.hpp"

namespace waybill::file::uploads {
namespace {

constexpr std::size_t kDigestBytes = 32;

// The standard alphabet with padding (RFC 4648, section 4), as a byte sequence of RFC 8941 has it.
std::optional<std::string> decode(std::string_view text) {
  std::string url_safe{text};
  while (!url_safe.empty() && url_safe.back() == '=') url_safe.pop_back();
  if ((url_safe.size() + 3) / 4 * 4 != text.size()) return std::nullopt;
  std::replace(url_safe.begin(), url_safe.end(), '+', '-');
  std::replace(url_safe.begin(), url_safe.end(), '/', '_');
  return base64url_decode(url_safe);
}

std::string encode(std::string_view bytes) {
  std::string text = base64url_encode(bytes);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  return text.append((4 - text.size() % 4) % 4, '=');
}

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return bytes;
}

Fault bad_header(std::string_view name, std::string_view message) {
  boost::json::array errors;
  errors.push_back(boost::json::object{{"parameter", name}, {"message", message}});
  return invalid(fmt::format("The header {} {}.", name, message), {{"errors", std::move(errors)}});
}

}  // namespace

async::awaitable<Result<domain::File>> read_raw_body(Workshop workshop, web::BodySource& source,
                                                     std::uint64_t most_bytes,
                                                     std::optional<std::string> expected,
                                                     std::string_view label) {
  const auto begun = std::chrono::steady_clock::now();
  Receiver receiver{workshop};
  for (bool is_ok = source.length().value_or(0) <= most_bytes;;) {
    std::string piece;
    if (is_ok) piece = co_await source.read();
    if (is_ok && piece.empty()) break;
    is_ok = is_ok && receiver.size() + piece.size() <= most_bytes;
    if (!is_ok) {
      count_rejected(label, "size");
      co_return too_large("body", most_bytes, "bytes");
    }
    co_await receiver.write(piece);
  }
  const Received received = co_await receiver.finish();
  if (expected && *expected != received.sha256) {
    count_rejected(label, "digest");
    co_return digest_mismatch();
  }
  co_await receiver.keep();
  count_received(label, received.size, std::chrono::steady_clock::now() - begun);
  co_return to_file(received, "");
}

async::awaitable<std::string> DigestedBody::read() {
  std::string piece = co_await source_.read();
  digest_.update(piece);
  co_return piece;
}

Result<std::optional<std::string>> read_repr_digest(std::string_view field) {
  std::optional<std::string> found;
  bool is_readable = true;
  any_element(field, [&](std::string_view element) {
    const std::size_t equals = element.find('=');
    if (equals == std::string_view::npos) {
      is_readable = element.empty();
      return !is_readable;
    }
    if (element.substr(0, equals) != "sha-256") return false;
    const std::string_view value = element.substr(equals + 1);
    std::optional<std::string> digest;
    if (value.size() > 2 && value.front() == ':' && value.back() == ':') {
      digest = decode(value.substr(1, value.size() - 2));
    }
    is_readable = digest && digest->size() == kDigestBytes;
    if (is_readable) found = to_hex(*digest);
    return !is_readable;
  });
  if (!is_readable) return bad_header("Repr-Digest", "must be like sha-256=:<base64>:");
  return found;
}

std::string repr_digest(const std::string& sha256) {
  return "sha-256=:" + encode(from_hex(sha256)) + ':';
}

Fault digest_mismatch() {
  return unprocessable("digest-mismatch", "The bytes that came are not those of Repr-Digest.");
}

Result<std::optional<std::string>> read_file_name(std::string_view disposition) {
  if (disposition.empty()) return std::optional<std::string>{};
  auto name = web::file_name_of(disposition);
  if (!name) return bad_header("Content-Disposition", "can't be read");
  if (name->empty()) return std::optional<std::string>{};
  const std::string_view wrong = domain::wrong_file_name(*name);
  if (!wrong.empty()) return bad_header("Content-Disposition", wrong);
  return name;
}

}  // namespace waybill::file::uploads
