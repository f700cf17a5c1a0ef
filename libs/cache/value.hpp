// How a representation lies in Redis: "v<version> <owner or ->\n<body>", and a tombstone as
// "x<version>".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/cache/cache.hpp"

namespace waybill::cache {

std::string encode(const Representation& value);
// nullopt for a tombstone and for anything that encode() can't have written.
std::optional<Representation> decode(std::string_view text);

// Stores ARGV[2] for ARGV[3] seconds unless KEYS[1] holds something newer than version ARGV[1].
inline constexpr const char* kFillScript = R"(
local old = redis.call('GET', KEYS[1])
local version = old and tonumber(string.match(old, '^[vx](%d+)'))
if version and version > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1)";

// Puts a tombstone of version ARGV[i + 1] in the place of every KEYS[i] that is older; ARGV[1] is
// its time to live, which the same tombstone gets anew.
inline constexpr const char* kInvalidateScript = R"(
for i, key in ipairs(KEYS) do
  local old = redis.call('GET', key)
  local version = old and tonumber(string.match(old, '^[vx](%d+)'))
  if not version or version < tonumber(ARGV[i + 1]) or old == 'x' .. ARGV[i + 1] then
    redis.call('SET', key, 'x' .. ARGV[i + 1], 'EX', ARGV[1])
  end
end
return 1)";

}  // namespace waybill::cache
