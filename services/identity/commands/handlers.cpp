#include "services/identity/commands/commands.hpp"

namespace waybill::identity::commands {

outbox::Handlers make_handlers(const Policy& policy) {
  outbox::Handlers handlers;
  handlers.on<v1::CreateUser>(create_users);
  handlers.on<v1::UpdateUser>(update_users);
  handlers.on<v1::DeleteUser>(DeleteUsers{policy});
  handlers.on<v1::ChangeRoles>(ChangeRoles{policy});
  handlers.on<v1::RotateKeys>(RotateKeys{policy});
  handlers.on<v1::AddAddress>(add_addresses);
  handlers.on<v1::UpdateAddress>(update_addresses);
  handlers.on<v1::DeleteAddress>(delete_addresses);
  handlers.on<v1::LinkTelegram>(link_telegram);
  handlers.on<v1::UnlinkTelegram>(unlink_telegram);
  return handlers;
}

}  // namespace waybill::identity::commands
