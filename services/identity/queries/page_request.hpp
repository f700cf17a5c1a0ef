// What every list is asked: how many items, and whether to count all.
#pragma once

#include "libs/runtime/queries.hpp"

namespace waybill::identity::queries {

struct PageRequest {
  std::int64_t limit = 10;
  bool with_total = false;
};

PageRequest read_page_request(const web::Request& request);

// 400: the cursor can't be one of this list.
Fault bad_cursor();

}  // namespace waybill::identity::queries
