// Conditional requests (RFC 9110, section 13) on versions: the ETag of version 7 is "7", that of
// its packed form "7-gzip".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/web/http.hpp"

namespace waybill::gateway {

std::string etag_of(std::int64_t version);
// The ETag of the same thing packed with gzip.
std::string packed_etag(std::string_view etag);

// If-None-Match: is `etag`, packed or not, among those that the client has? Compared weakly.
bool has_etag(std::string_view if_none_match, std::string_view etag);

// If-Match as the version a change is based on. nullopt: no condition. 0, which no version equals,
// for tags that are not ours; of several tags the caller can have meant any, which is no condition
// a change can be based on: 0 too.
std::optional<std::int64_t> expected_version(std::string_view if_match);

// What the conditions of a GET or HEAD make of its answer: 412 where If-Match does not hold, 304
// where the client has the representation already, else the answer as it is.
web::Response apply_conditions(const web::Request& request, web::Response&& response);

}  // namespace waybill::gateway
