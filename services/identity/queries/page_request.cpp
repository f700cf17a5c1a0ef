#include "services/identity/queries/page_request.hpp"

#include <charconv>

namespace waybill::identity::queries {

PageRequest read_page_request(const web::Request& request) {
  PageRequest wanted;
  const std::string_view limit = request.query_value("limit");
  std::from_chars(limit.data(), limit.data() + limit.size(), wanted.limit);
  wanted.with_total = request.query_value("with_total") == "true";
  return wanted;
}

Fault bad_cursor() {
  return {FaultKind::invalid, "bad-cursor", "This cursor belongs to another list.", {}};
}

}  // namespace waybill::identity::queries
