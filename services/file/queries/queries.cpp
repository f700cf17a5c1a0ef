#include "services/file/queries/queries.hpp"

namespace waybill::file::queries {

runtime::Queries make_queries(const links::Links& links) {
  runtime::Queries queries;
  add_task_queries(queries, links);
  add_document_queries(queries);
  return queries;
}

}  // namespace waybill::file::queries
