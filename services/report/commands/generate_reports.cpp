#include "services/report/commands/commands.hpp"
#include "services/report/store/requests.hpp"

namespace waybill::report::commands {
namespace {

outbox::Outcome refuse(const char* message) {
  boost::json::array errors{boost::json::object{{"pointer", "/report_date"}, {"message", message}}};
  return outbox::Outcome::refused(
      invalid("Validation failed for the report.", {{"errors", std::move(errors)}}));
}

}  // namespace

std::vector<outbox::Outcome> GenerateReports::operator()(pg::Tx& tx,
                                                         Batch<v1::GenerateReport> batch,
                                                         outbox::Writer&) const {
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    const auto day = parse_day(command.body.report_date());
    if (!day) {
      outcomes.push_back(refuse("is no date"));
    } else if (*day > zone.day_of(command.now)) {
      outcomes.push_back(refuse("lies in the future"));
    } else {
      store::Request request{command.cause, *day, store::Reason::command};
      request.cause.sent_at = command.now;
      store::add_request(tx, request);
      outcomes.push_back(outbox::Outcome::deferred());
    }
  }
  return outcomes;
}

outbox::Handlers make_handlers(const Zone& zone) {
  outbox::Handlers handlers;
  handlers.on<v1::GenerateReport>(GenerateReports{zone});
  return handlers;
}

}  // namespace waybill::report::commands
