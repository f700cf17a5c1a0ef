// A dead letter as text. Pure.
#pragma once

#include <string>

#include <boost/json.hpp>

#include "tools/waybill/dead/letters.hpp"

namespace waybill::tool::dead {

// Everything in it, headers and decoded payload. Texts that may be personal are "***" unless
// `reveal`; ids, amounts, codes and times are not.
boost::json::object to_json(const Letter& letter, bool reveal);

// Only members that are known to be harmless keep their texts.
void mask(boost::json::value& value);

}  // namespace waybill::tool::dead
