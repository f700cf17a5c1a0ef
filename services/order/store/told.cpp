#include "services/order/store/told.hpp"

#include "services/order/store/orders.hpp"
#include "services/order/store/sql.hpp"

namespace waybill::order::store {

std::vector<ToldEvent> find_told_events(pg::Session& session, const Id& order_id) {
  std::vector<ToldEvent> told;
  for (const pg::Row row : session.exec(sql::find_told_events, order_id.to_string())) {
    told.push_back({std::string{row.text(0)}, std::string{row.text(1)}, std::string{row.text(2)},
                    row.integer(3), row.instant(4)});
  }
  return told;
}

std::vector<DeadCommand> find_dead_commands(pg::Session& session, std::span<const Id> ids) {
  std::vector<DeadCommand> dead;
  for (const pg::Row row : session.exec(sql::find_dead_commands, to_array(ids))) {
    dead.push_back({row.id(0), std::string{row.text(1)}, row.instant(2)});
  }
  return dead;
}

}  // namespace waybill::order::store
