#include "tools/waybill/audit/model.hpp"

namespace waybill::tool::audit {

std::string in_range(const std::string& column) {
  return column + " >= " + kSince + " AND " + column + " < " + kUntil;
}

std::vector<Check> common_checks() {
  return {
      {"command-stuck", "commands have an outcome",
       "SELECT json_build_object('command_id', command_id), type || ' is pending since ' || at "
       "FROM inbox WHERE outcome IS NULL AND NOT dead AND at >= " +
           kSince + " AND at < " + kStuck + " ORDER BY command_id"},
      {"outbox-stuck", "the outbox flows",
       "SELECT json_build_object('outbox_id', id, 'key', key), channel || ' ' || type || ' for ' "
       "|| target || ' waits since ' || at FROM outbox WHERE at < " +
           kStuck + " ORDER BY channel, id"},
      // One change, one row: whatever is told twice with two rows was decided twice.
      {"event-recorded-twice", "every change is recorded once",
       "SELECT json_build_object('key', key, 'version', version, 'outbox_ids', "
       "json_agg(id ORDER BY id)), target || ' has ' || count(*) || ' outbox rows for it' "
       "FROM (SELECT id, target, key, headers->>'ce_version' AS version FROM outbox_sent "
       "WHERE channel = 'event' AND at >= " +
           kSince +
           " UNION ALL SELECT id, target, key, headers->>'ce_version' FROM outbox "
           "WHERE channel = 'event') AS told "
           // What has no version is no state: SessionsRevoked.
           "WHERE version IS NOT NULL GROUP BY target, key, version HAVING count(*) > 1"},
  };
}

Model model_of(const std::string& service) {
  for (Model known :
       {order_model(), product_model(), identity_model(), file_model(), advert_model()}) {
    if (known.service == service) return known;
  }
  Model model;
  model.service = service;
  return model;
}

}  // namespace waybill::tool::audit
