// Conditional requests (RFC 9110, section 13) on versions: the ETag of version 7 is "7".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill::gateway {

std::string etag_of(std::int64_t version);

// If-None-Match: is `etag` among those that the client has? Compared weakly.
bool has_etag(std::string_view if_none_match, std::string_view etag);

// If-Match as the version a change is based on. nullopt: no condition. 0, which no version equals,
// for tags that are not ours; of several tags the caller can have meant any, which is no condition
// a change can be based on: 0 too.
std::optional<std::int64_t> expected_version(std::string_view if_match);

}  // namespace waybill::gateway
