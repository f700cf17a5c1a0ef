#include "services/product/domain/faults.hpp"

namespace waybill::product::domain {

Fault sku_taken() {
  return conflict("already-exists", "Another product has this sku.", {{"field", "sku"}});
}

Fault invalid_member(std::string_view pointer, std::string_view message) {
  const boost::json::object error{{"pointer", pointer}, {"message", message}};
  return invalid("Validation failed.", {{"errors", boost::json::array{error}}});
}

Fault invalid_price() {
  return invalid_member("/price", "must be a decimal string above 0 with at most two digits");
}

}  // namespace waybill::product::domain
