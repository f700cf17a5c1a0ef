#include "services/gateway/edge/cors.hpp"

#include <boost/url/parse.hpp>

#include "libs/config/settings.hpp"

namespace waybill::gateway {
namespace {

constexpr const char* kExposed =
    "ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, X-Correlation-ID";
constexpr const char* kRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, "
    "X-Correlation-ID, traceparent, tracestate";
constexpr const char* kOneDay = "86400";

// scheme://host[:port] and nothing else (RFC 6454, section 6.1).
bool is_origin(const std::string& text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https")) return false;
  if (url->host().empty() || url->has_userinfo() || !url->encoded_path().empty()) return false;
  if (url->has_query() || url->has_fragment() || url->host().find('*') != std::string::npos) {
    return false;
  }
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Cors::Cors(std::vector<std::string> origins) : origins_{std::move(origins)} {
  for (const std::string& origin : origins_) {
    if (is_origin(origin)) continue;
    throw config::SettingsError("gateway.cors-origins: '" + origin +
                                "' is no origin; write https://shop.example, without a path");
  }
}

void Cors::dress(const web::Request& request, web::Response& response) const {
  if (origins_.empty()) return;
  // Also for who sends no Origin: a cache must not hand his answer to a browser.
  response.headers.add("Vary", "Origin");
  const std::string origin{request.headers.get("Origin")};
  if (std::find(origins_.begin(), origins_.end(), origin) == origins_.end()) return;
  response.headers.add("Access-Control-Allow-Origin", origin);
  response.headers.add("Access-Control-Allow-Credentials", "true");
  const std::string allowed{response.headers.get("Allow")};
  if (request.method != "OPTIONS" || allowed.empty()) {
    response.headers.add("Access-Control-Expose-Headers", kExposed);
    return;
  }
  response.headers.add("Access-Control-Allow-Methods", allowed);
  response.headers.add("Access-Control-Allow-Headers", kRequestHeaders);
  response.headers.add("Access-Control-Max-Age", kOneDay);
}

}  // namespace waybill::gateway
