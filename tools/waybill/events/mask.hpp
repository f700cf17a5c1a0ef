// Personal data in decoded events. Pure.
#pragma once

#include <boost/json.hpp>

namespace waybill::tool::events {

// Names, addresses and what people wrote become "***", wherever they stand in the payload.
void mask_personal(boost::json::value& data);

}  // namespace waybill::tool::events
