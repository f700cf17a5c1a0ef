// Refusals as this service's contract words them: codes in capitals, and the member `extra`.
#pragma once

#include <string>

#include "libs/core/fault.hpp"

namespace waybill::advert::domain {

// 400: a rule is broken; `detail` has the word that the contract names.
Fault bad_request(std::string detail, boost::json::object extra = {});
// 404
Fault absent(std::string detail);
// 403
Fault not_allowed(std::string detail);
// 409: the same id twice in one body.
Fault already_exists(std::string detail);
// 413
Fault too_large(std::string detail);
// 415
Fault unsupported(std::string detail);
// 503
Fault too_late(std::string detail);

Fault no_such_client();
Fault no_such_advertiser();
Fault no_such_campaign();

}  // namespace waybill::advert::domain
