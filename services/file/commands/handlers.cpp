#include "services/file/commands/commands.hpp"

namespace waybill::file::commands {

outbox::Handlers make_handlers() {
  outbox::Handlers handlers;
  handlers.on<v1::CreateTask>(create_tasks);
  handlers.on<v1::DeleteTask>(delete_tasks);
  return handlers;
}

}  // namespace waybill::file::commands
