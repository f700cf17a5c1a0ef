// Server-sent events (WHATWG HTML, section 9.2) as text. An answer with them is a Response with a
// BodyStream and these headers: Content-Type: text/event-stream, Cache-Control: no-store.
#pragma once

#include <string>
#include <string_view>

namespace waybill::web {

// One event. `id` and `event` may be empty: then they are left out. `data` may have several lines.
std::string sse_event(std::string_view id, std::string_view event, std::string_view data);

// A line that clients ignore: keeps the connection alive and finds out whether they are still
// there.
std::string sse_comment(std::string_view text);

}  // namespace waybill::web
