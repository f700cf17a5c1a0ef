// How lenient documents of the contract tell what went wrong: codes in capitals, and `extra`.
#pragma once

#include "libs/web/http.hpp"

namespace waybill::gateway {

// Rewrites a problem of the gateway's or the platform's making: `extra` is a list of {message, key,
// source} where the request has the wrong form, else an empty object. A problem that has `extra`
// already keeps it. Other answers stay as they are.
void make_lenient(const web::Request& request, web::Response& response);

}  // namespace waybill::gateway
