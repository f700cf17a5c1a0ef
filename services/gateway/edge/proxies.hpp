// Whose address counts when requests come through proxies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "libs/web/http.hpp"

namespace waybill::gateway {

class Proxies {
 public:
  // Networks of trusted proxies as CIDR ("10.0.0.0/8", "fd00::/8") or single addresses. Throws
  // SettingsError for what is neither.
  explicit Proxies(const std::vector<std::string>& networks);

  // The client's address: the peer, unless that is a trusted proxy. Then the rightmost address that
  // X-Forwarded-For or Forwarded (RFC 7239) names and that is no trusted proxy. What is no address
  // ends the search: a proxy that hides its client stands for it. Where both headers are there and
  // say different things, one of them is not the proxy's, and the proxy stands for its client.
  std::string client_of(const web::Request& request) const;

 private:
  bool trusts(std::string_view address) const;
  std::string client_by(std::string_view header, const web::Headers& headers,
                        const std::string& proxy) const;

  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

}  // namespace waybill::gateway
