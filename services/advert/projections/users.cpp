#include "services/advert/projections/users.hpp"

#include "libs/projection/rows.hpp"
#include "services/advert/store/people.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::advert::projections {
namespace {

namespace identity = waybill::identity::v1;

store::KnownUser read_changed(const identity::UserChanged& message, const messaging::Event& event) {
  return {projection::read_id(message.user().id(), event), message.user().version(), false};
}

store::KnownUser read_deleted(const identity::UserDeleted& message, const messaging::Event& event) {
  return {projection::read_id(message.id(), event), message.version(), true};
}

}  // namespace

projection::Definition users() {
  projection::Rows<store::KnownUser> rows;
  rows.on<identity::UserChanged>(read_changed);
  rows.on<identity::UserDeleted>(read_deleted);
  return {.name = "advert.users",
          .service = "advert",
          .topics = {"waybill.users"},
          .tables = {"known_user"},
          .apply = rows.newest_into(store::put_users)};
}

}  // namespace waybill::advert::projections
