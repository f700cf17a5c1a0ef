// gzip (RFC 1952) as a content coding, and whether a client wants it (RFC 9110, section 12.5.3).
#pragma once

#include <string>
#include <string_view>

namespace waybill::web {

// `level` 1 (quick) to 9 (small).
std::string gzip(std::string_view bytes, int level);

// What a header Accept-Encoding says of gzip: named with a weight above 0, or covered by "*". An
// absent or empty header means: as it is.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace waybill::web
