// Large answers are packed for clients that can unpack them (RFC 9110, section 8.4).
#pragma once

#include "libs/web/http.hpp"

namespace waybill::gateway {

// Packs the body with gzip where that is worth it and wanted. The packed form is another
// representation, so its strong ETag is another one: "7" becomes "7-gzip" (conditions.hpp takes
// both). Streams and what is packed already are left alone.
void encode(const web::Request& request, web::Response& response);

}  // namespace waybill::gateway
