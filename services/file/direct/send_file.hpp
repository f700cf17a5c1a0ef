// Files on their way out.
#pragma once

#include "services/file/direct/desk.hpp"

namespace waybill::file::direct {

// The file, or what of it Range and conditions ask for, with its uploader's name. 404, logged,
// where its bytes are missing; 503 where too many downloads are under way.
web::awaitable<web::Response> send_file(Desk& desk, const web::Request& request,
                                        const domain::File& file, links::Disposition disposition);

// GET /v1/files/{id}: for whoever has a link.
web::awaitable<web::Response> send_linked(Desk& desk, web::Request& request,
                                          const web::PathParams& params);

}  // namespace waybill::file::direct
