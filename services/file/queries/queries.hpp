// The file service's read API. Bytes are not here but in direct/.
#pragma once

#include "libs/runtime/queries.hpp"
#include "services/file/links/links.hpp"

namespace waybill::file::queries {

// `links` must outlive the queries.
runtime::Queries make_queries(const links::Links& links);

}  // namespace waybill::file::queries
