#include "libs/blob/s3/signature.hpp"

#include "libs/auth/secrets.hpp"
#include "libs/core/digest.hpp"
#include "libs/web/http.hpp"

namespace waybill::blob {
namespace {

// "20260131T093000Z"
std::string compact(Instant at) {
  std::string text;
  for (const char c : to_rfc3339(at).substr(0, 19)) {
    if (c != '-' && c != ':') text += c;
  }
  return text + 'Z';
}

std::string keyed(const std::string& key, std::string_view text) {
  return auth::keyed_digest(config::Secret{key}, text);
}

std::string signing_key(const Credentials& credentials, const std::string& date) {
  const std::string by_date = keyed("AWS4" + credentials.secret_key.reveal(), date);
  return keyed(keyed(keyed(by_date, credentials.region), "s3"), "aws4_request");
}

}  // namespace

std::string presigned_url(const std::string& origin, const std::string& path,
                          const Credentials& credentials, seconds life, Instant now) {
  const std::string time = compact(now);
  const std::string date = time.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", date, credentials.region);
  const std::string query = fmt::format(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}"
      "&X-Amz-SignedHeaders=host",
      web::url_encode(credentials.access_key + '/' + scope), time, life.count());
  const std::string host = origin.substr(origin.find("//") + 2);
  const std::string request =
      fmt::format("GET\n{}\n{}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD", path, query, host);
  const std::string text =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, sha256_hex(request));
  const std::string signature = to_hex(keyed(signing_key(credentials, date), text));
  return fmt::format("{}{}?{}&X-Amz-Signature={}", origin, path, query, signature);
}

}  // namespace waybill::blob
