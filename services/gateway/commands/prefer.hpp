// How long a client wants to wait for the outcome of a write: the header Prefer (RFC 7240).
#pragma once

#include <chrono>
#include <string>

#include "libs/web/http.hpp"

namespace waybill::gateway {

struct Preference {
  std::chrono::milliseconds wait{0};  // 0: not at all
  std::string applied;                // Preference-Applied; empty: the client had none
};

// `wait=N` (0 to 30 s; more counts as 30) or `respond-async`; the first of a kind counts,
// respond-async wins over wait. What is not understood is ignored, as the RFC says.
Preference read_preference(const web::Headers& headers, std::chrono::milliseconds standard);

}  // namespace waybill::gateway
