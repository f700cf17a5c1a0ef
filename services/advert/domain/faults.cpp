#include "services/advert/domain/faults.hpp"

namespace waybill::advert::domain {
namespace {

Fault fault(FaultKind kind, std::string code, std::string detail, boost::json::object extra = {}) {
  boost::json::object members;
  members["extra"] = std::move(extra);
  return {kind, std::move(code), std::move(detail), std::move(members)};
}

}  // namespace

Fault bad_request(std::string detail, boost::json::object extra) {
  return fault(FaultKind::invalid, "BAD_REQUEST", std::move(detail), std::move(extra));
}

Fault absent(std::string detail) {
  return fault(FaultKind::not_found, "NOT_FOUND", std::move(detail));
}

Fault not_allowed(std::string detail) {
  return fault(FaultKind::forbidden, "FORBIDDEN", std::move(detail));
}

Fault already_exists(std::string detail) {
  return fault(FaultKind::conflict, "ALREADY_EXISTS", std::move(detail));
}

Fault too_large(std::string detail) {
  return fault(FaultKind::too_large, "TOO_LARGE", std::move(detail));
}

Fault unsupported(std::string detail) {
  return fault(FaultKind::unsupported, "UNSUPPORTED_MEDIA_TYPE", std::move(detail));
}

Fault too_late(std::string detail) {
  return fault(FaultKind::unavailable, "UNAVAILABLE", std::move(detail));
}

Fault no_such_client() {
  return absent("There is no such client.");
}

Fault no_such_advertiser() {
  return absent("There is no such advertiser.");
}

Fault no_such_campaign() {
  return absent("There is no such campaign.");
}

}  // namespace waybill::advert::domain
