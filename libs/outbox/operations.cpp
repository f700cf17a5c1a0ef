#include "libs/outbox/operations.hpp"

#include "libs/outbox/sql.hpp"
#include "waybill/common/v1/outcome.pb.h"

namespace waybill::outbox {

std::optional<Operation> find_operation(pg::Session& session, const Id& command_id) {
  const pg::Rows rows = session.exec(sql::find_operation, command_id);
  if (rows.empty()) return std::nullopt;
  const pg::Row row = rows[0];
  Operation operation;
  operation.caller = row.text(1);
  operation.created_at = row.instant(2);
  operation.finished_at = row.maybe_instant(3);
  if (!row.is_null(0)) {
    common::v1::Outcome outcome;
    if (!outcome.ParseFromString(row.bytes(0))) throw pg::Error{"a stored outcome is broken"};
    operation.status =
        outcome.status() < 400 ? Operation::Status::succeeded : Operation::Status::failed;
    operation.body = outcome.body();
  }
  return operation;
}

bool claim_effect(pg::Tx& tx, std::string_view consumer, const Id& event_id) {
  return tx.exec(sql::claim_effect, consumer, event_id).affected() == 1;
}

}  // namespace waybill::outbox
