#include "services/identity/domain/faults.hpp"

namespace waybill::identity::domain {

Fault invalid_member(std::string_view pointer, std::string_view message) {
  const boost::json::object error{{"pointer", pointer}, {"message", message}};
  return invalid("Validation failed.", {{"errors", boost::json::array{error}}});
}

Fault must_not_be_null(std::string_view pointer) {
  return invalid_member(pointer, "must not be null");
}

}  // namespace waybill::identity::domain
