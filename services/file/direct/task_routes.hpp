// New tasks with their media.
#pragma once

#include "services/file/direct/desk.hpp"

namespace waybill::file::direct {

// POST /v1/tasks.
web::awaitable<web::Response> create_task(Desk& desk, web::Request& request,
                                          const web::PathParams& params);

}  // namespace waybill::file::direct
