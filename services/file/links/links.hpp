// Signed, expiring links to files. HMAC-SHA-256 over id, expiry and disposition: who has a link may
// read one file, until it expires, in one way. Links of the secret before the present one go on.
#pragma once

#include <string>

#include "libs/config/settings.hpp"
#include "libs/core/clock.hpp"
#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"
#include "libs/web/http.hpp"

namespace waybill::file::links {

struct Options {
  std::string base_url;  // of the gateway, without a path: https://api.example.com
  config::Secret secret;
  config::Secret secret_before;  // empty: none
  std::chrono::milliseconds life = std::chrono::hours{1};
};

enum class Disposition { as_stored, attachment };

class Links {
 public:
  explicit Links(Options options) : options_{std::move(options)} {}

  // The link without the gateway's address.
  std::string path(const Id& file, Instant expires,
                   Disposition disposition = Disposition::as_stored) const;
  std::string make(const Id& file, Instant expires,
                   Disposition disposition = Disposition::as_stored) const;
  // With the usual life from now on.
  std::string make(const Id& file) const { return make(file, now() + options_.life); }
  std::chrono::milliseconds life() const { return options_.life; }
  // Of a request for a link. 403 link-invalid, link-expired.
  Result<Disposition> check(const web::Request& request, const Id& file, Instant now) const;

 private:
  Options options_;
};

}  // namespace waybill::file::links
