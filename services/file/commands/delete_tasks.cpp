#include "services/file/commands/commands.hpp"
#include "services/file/events/task_events.hpp"
#include "services/file/store/tasks.hpp"

namespace waybill::file::commands {

Outcomes delete_tasks(pg::Tx& tx, Batch<v1::DeleteTask> batch, outbox::Writer& out) {
  std::vector<Id> ids;
  for (const auto& command : batch) {
    ids.push_back(Id::parse(command.body.task_id()).value_or(Id{}));
  }
  auto tasks = store::lock_tasks(tx, ids);
  std::vector<domain::Task> deleted;
  Outcomes outcomes;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto found = tasks.find(ids[i]);
    if (!batch[i].cause.caller.is_staff()) {
      outcomes.push_back(outbox::Outcome::refused(forbidden("Only staff may delete tasks.")));
    } else if (found == tasks.end() || found->second.deleted) {
      outcomes.push_back(outbox::Outcome::refused(not_found("There is no such task.")));
    } else {
      found->second.deleted = true;
      ++found->second.version;
      deleted.push_back(found->second);
      events::tell_deleted(out, found->second, batch[i].cause);
      outcomes.push_back(outbox::Outcome::no_content());
    }
  }
  store::add_files(tx, deleted);
  if (!batch.empty()) store::delete_tasks(tx, deleted, batch.front().now);
  return outcomes;
}

}  // namespace waybill::file::commands
