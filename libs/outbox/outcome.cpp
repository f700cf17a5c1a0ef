#include "libs/outbox/outcome.hpp"

namespace waybill::outbox {

Outcome Outcome::created(std::string body, std::string location,
                         std::optional<std::int64_t> version) {
  Outcome outcome = ok(std::move(body), version);
  outcome.status = 201;
  outcome.location = std::move(location);
  return outcome;
}

Outcome Outcome::ok(std::string body, std::optional<std::int64_t> version) {
  Outcome outcome;
  outcome.body = std::move(body);
  outcome.version = version;
  return outcome;
}

Outcome Outcome::no_content() {
  Outcome outcome;
  outcome.status = 204;
  return outcome;
}

Outcome Outcome::refused(Fault fault) {
  Outcome outcome;
  outcome.status = http_status(fault.kind);
  outcome.fault = std::move(fault);
  return outcome;
}

Outcome Outcome::deferred() {
  Outcome outcome;
  outcome.kind = Kind::deferred;
  outcome.status = 202;
  return outcome;
}

Outcome Outcome::retry(std::string why) {
  Outcome outcome;
  outcome.kind = Kind::retry;
  outcome.status = 503;
  outcome.why = std::move(why);
  return outcome;
}

Outcome Outcome::not_now(Fault fault) {
  Outcome outcome = refused(std::move(fault));
  outcome.kind = Kind::not_now;
  return outcome;
}

}  // namespace waybill::outbox
