// The file service's read API, over HTTP and over the queue. Bytes are not here but in direct/.
#pragma once

#include "libs/outbox/processor.hpp"
#include "libs/runtime/queries.hpp"
#include "services/file/links/links.hpp"

namespace waybill::file::queries {

// `links` must outlive the queries.
runtime::Queries make_queries(const links::Links& links);
// The same for questions that come over the queue.
void add_message_queries(outbox::Handlers& handlers, const links::Links& links);

// Parts of them.
void add_task_queries(runtime::Queries& queries, const links::Links& links);
void add_document_queries(runtime::Queries& queries);

}  // namespace waybill::file::queries
