#include "services/gateway/edge/proxies.hpp"

#include <boost/asio/ip/address.hpp>
#include <strings.h>

#include "libs/config/settings.hpp"
#include "libs/core/text.hpp"

namespace waybill::gateway {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kForwarded = "Forwarded";
constexpr std::string_view kForwardedFor = "X-Forwarded-For";

// "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1" → the address in its shortest form; nullopt for
// anything else (RFC 7239 allows "unknown" and names like "_gazonk").
std::optional<std::string> address_of(std::string_view text) {
  if (text.starts_with('[')) {
    text = text.substr(1, std::min(text.find(']'), text.size()) - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code error;
  const auto address = ip::make_address(std::string{text}, error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

// The parameter `for` of one element of Forwarded, without quotes; empty without one.
std::string_view for_of(std::string_view element) {
  while (!element.empty()) {
    const auto end = std::min(element.find(';'), element.size());
    const std::string_view pair = trimmed(element.substr(0, end));
    element.remove_prefix(std::min(end + 1, element.size()));
    if (pair.size() < 4 || strncasecmp(pair.data(), "for=", 4) != 0) continue;
    std::string_view value = pair.substr(4);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return {};
}

// The hops that a header names, from left to right, over all its lines.
std::vector<std::string_view> hops_of(std::string_view header, const web::Headers& headers) {
  std::vector<std::string_view> hops;
  for (const auto& [name, value] : headers) {
    if (name.size() != header.size() || strncasecmp(name.data(), header.data(), name.size()) != 0) {
      continue;
    }
    std::string_view rest = value;
    for (bool more = true; more;) {
      const auto comma = std::min(rest.find(','), rest.size());
      const std::string_view element = trimmed(rest.substr(0, comma));
      hops.push_back(header == kForwarded ? for_of(element) : element);
      more = comma < rest.size();
      rest.remove_prefix(more ? comma + 1 : comma);
    }
  }
  return hops;
}

}  // namespace

Proxies::Proxies(const std::vector<std::string>& networks) {
  for (const std::string& text : networks) {
    const bool has_length = text.find('/') != std::string::npos;
    boost::system::error_code is_not_v4;
    boost::system::error_code is_not_v6;
    const auto v4 = ip::make_network_v4(has_length ? text : text + "/32", is_not_v4);
    if (!is_not_v4) {
      v4_.push_back(v4.canonical());
      continue;
    }
    const auto v6 = ip::make_network_v6(has_length ? text : text + "/128", is_not_v6);
    if (is_not_v6) {
      throw config::SettingsError("gateway.trusted-proxies '" + text +
                                  "' is no network; write 10.0.0.0/8 or fd00::/8");
    }
    v6_.push_back(v6.canonical());
  }
}

bool Proxies::trusts(std::string_view address) const {
  boost::system::error_code error;
  const auto parsed = ip::make_address(std::string{address}, error);
  if (error) return false;
  if (parsed.is_v4()) {
    const auto host = parsed.to_v4();
    return std::any_of(v4_.begin(), v4_.end(), [&](const ip::network_v4& network) {
      return ip::network_v4(host, static_cast<unsigned short>(network.prefix_length()))
                 .canonical() == network;
    });
  }
  const auto host = parsed.to_v6();
  return std::any_of(v6_.begin(), v6_.end(), [&](const ip::network_v6& network) {
    return ip::network_v6(host, static_cast<unsigned short>(network.prefix_length())).canonical() ==
           network;
  });
}

std::string Proxies::client_by(std::string_view header, const web::Headers& headers,
                               const std::string& proxy) const {
  std::string client = proxy;
  const auto hops = hops_of(header, headers);
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    auto address = address_of(*hop);
    if (!address) return client;
    client = std::move(*address);
    if (!trusts(client)) return client;
  }
  return client;
}

std::string Proxies::client_of(const web::Request& request) const {
  if (v4_.empty() && v6_.empty()) return request.peer;
  const std::string peer = address_of(request.peer).value_or(request.peer);
  if (!trusts(peer)) return request.peer;
  const bool has_for = request.headers.has(kForwardedFor);
  if (!request.headers.has(kForwarded)) return client_by(kForwardedFor, request.headers, peer);
  std::string client = client_by(kForwarded, request.headers, peer);
  if (has_for && client != client_by(kForwardedFor, request.headers, peer)) return peer;
  return client;
}

}  // namespace waybill::gateway
