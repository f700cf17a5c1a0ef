// A task as clients see it: with links that expire, and the answer only for those who may see it.
#pragma once

#include <boost/json.hpp>

#include "libs/core/caller.hpp"
#include "libs/web/http.hpp"
#include "services/file/links/links.hpp"
#include "waybill/file/v1/events.pb.h"

namespace waybill::file::links {

// Staff see answers unless they say with_answer=false, everybody else when they say
// with_answer=true.
bool wants_answer(const web::Request& request, const Caller& caller);

boost::json::object task_view(const v1::Task& task, const Links& links, bool with_answer);
// As the answer to its creation: with the ids of its files.
boost::json::object created_view(const v1::Task& task, const Links& links);

}  // namespace waybill::file::links
