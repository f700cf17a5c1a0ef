#include "services/gateway/edge/encoding.hpp"

#include "libs/web/gzip.hpp"
#include "services/gateway/edge/conditions.hpp"

namespace waybill::gateway {
namespace {

// Below, the packet is the same; above, packing would hold up the other clients for too long.
constexpr std::size_t kLeast = 1024;
constexpr std::size_t kMost = 1024 * 1024;
constexpr int kQuick = 1;

bool is_text(std::string_view content_type) {
  return content_type.starts_with("application/json") || content_type.starts_with("text/");
}

bool is_worth_it(const web::Response& response) {
  if (response.status >= 400 || response.stream) return false;
  if (response.headers.has("Content-Encoding")) return false;
  const std::size_t size =
      response.shared_body ? response.shared_body->size() : response.body.size();
  return size >= kLeast && size <= kMost && is_text(response.headers.get("Content-Type"));
}

}  // namespace

void encode(const web::Request& request, web::Response& response) {
  if (!is_worth_it(response)) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!web::accepts_gzip(request.headers.get("Accept-Encoding"))) return;
  const std::string& plain = response.shared_body ? *response.shared_body : response.body;
  std::string packed = web::gzip(plain, kQuick);
  response.body = std::move(packed);
  response.shared_body.reset();
  response.headers.add("Content-Encoding", "gzip");
  const std::string_view etag = response.headers.get("ETag");
  if (!etag.empty()) response.headers.set("ETag", packed_etag(etag));
}

}  // namespace waybill::gateway
