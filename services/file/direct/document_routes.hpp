// Documents with their bytes, in and out, and uploads for commands that come over the queue.
#pragma once

#include "services/file/direct/desk.hpp"

namespace waybill::file::direct {

// POST /v1/documents: a form.
web::awaitable<web::Response> create_document(Desk& desk, web::Request& request,
                                              const web::PathParams& params);
// PUT /v1/documents/{id}/content: a form or the bytes as they are.
web::awaitable<web::Response> replace_content(Desk& desk, web::Request& request,
                                              const web::PathParams& params);
// GET /v1/documents/{id}/content.
web::awaitable<web::Response> send_content(Desk& desk, web::Request& request,
                                           const web::PathParams& params);
// POST /v1/documents/{id}/links.
web::awaitable<web::Response> create_link(Desk& desk, web::Request& request,
                                          const web::PathParams& params);
// POST /uploads: the bytes as they are, for AddDocument; not through the gateway.
web::awaitable<web::Response> create_upload(Desk& desk, web::Request& request,
                                            const web::PathParams& params);

}  // namespace waybill::file::direct
