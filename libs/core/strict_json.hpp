// JSON from strangers: what two readers could understand differently is refused.
#pragma once

#include <string_view>

#include <boost/json.hpp>

#include "libs/core/fault.hpp"

namespace waybill {

// At most 32 levels deep, valid UTF-8, no member twice, no number that is no number afterwards, no
// comments, nothing behind. Anything else is a malformed-json fault that says where.
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace waybill
