// A URL that lets its bearer read one object for a while: AWS Signature Version 4 in the query
// ("Authenticating Requests: Using Query Parameters", Amazon S3 API reference). Requests of our own
// are signed by libcurl.
#pragma once

#include <string>

#include "libs/config/settings.hpp"
#include "libs/core/clock.hpp"

namespace waybill::blob {

struct Credentials {
  std::string access_key;
  config::Secret secret_key;
  std::string region;
};

// `origin`: "https://files.example.com", without a path; `path`: with a leading slash, of
// characters that need no escapes.
std::string presigned_url(const std::string& origin, const std::string& path,
                          const Credentials& credentials, seconds life, Instant now);

}  // namespace waybill::blob
