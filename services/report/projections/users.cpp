#include "libs/projection/rows.hpp"
#include "services/report/projections/projections.hpp"
#include "services/report/store/known.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::report::projections {
namespace {

namespace v1 = waybill::identity::v1;

store::KnownUser read_changed(const v1::UserChanged& message, const messaging::Event& event) {
  return {projection::read_id(message.user().id(), event), message.user().version(),
          projection::read_instant(message.user().created_at(), event), false};
}

store::KnownUser read_deleted(const v1::UserDeleted& message, const messaging::Event& event) {
  return {projection::read_id(message.id(), event), message.version(), std::nullopt, true};
}

}  // namespace

projection::Definition users() {
  projection::Rows<store::KnownUser> rows;
  rows.on<v1::UserChanged>(read_changed);
  rows.on<v1::UserDeleted>(read_deleted);
  return {.name = "report.users",
          .service = "report",
          .topics = {"waybill.users"},
          .tables = {"known_user"},
          .apply = rows.newest_into(store::put_users),
          .pace = pace};
}

}  // namespace waybill::report::projections
