#include "libs/auth/secrets.hpp"
#include "services/file/commands/commands.hpp"
#include "services/file/domain/media.hpp"
#include "services/file/events/task_events.hpp"
#include "services/file/store/files.hpp"
#include "services/file/store/tasks.hpp"

namespace waybill::file::commands {
namespace {

using Command = outbox::Command<v1::CreateTask>;

constexpr std::size_t kCodeSize = 8;

// Each of the 62 letters and digits is as likely as any other.
std::string new_code() {
  std::string code;
  while (code.size() < kCodeSize) {
    for (const char c : auth::new_secret()) {
      if (c != '-' && c != '_' && code.size() < kCodeSize) code += c;
    }
  }
  return code;
}

Result<domain::Task> read_task(const Command& command) {
  const v1::CreateTask& body = command.body;
  domain::Task task;
  domain::TaskFields fields;
  fields.give("exam", body.exam());
  fields.give("subject", body.subject());
  fields.give("exam_task_number", std::to_string(body.exam_task_number()));
  fields.give("difficult", body.difficult());
  fields.give("condition", body.condition());
  fields.give("answer", body.answer());
  boost::json::array errors;
  fields.fill(task, errors);
  for (const v1::StoredFile& stored : body.files()) {
    const auto id = Id::parse(stored.id());
    const std::string_view wrong = domain::wrong_file_name(stored.file_name());
    if (!id) errors.push_back(domain::field_error("files", "a file needs an id"));
    if (!wrong.empty()) errors.push_back(domain::field_error("files", wrong));
    if (!domain::find_kind(stored.kind())) {
      errors.push_back(domain::field_error("files", "there is no such kind"));
    }
    task.files.push_back({id.value_or(Id{}), stored.kind(), stored.sha256(), stored.size(),
                          stored.content_type(), stored.file_name()});
  }
  if (!errors.empty()) return invalid("The task is not right.", {{"errors", std::move(errors)}});
  task.id = command.id();
  task.created_by = command.cause.caller.user;
  task.created_at = command.now;
  return task;
}

outbox::Outcome created(const domain::Task& task) {
  return outbox::Outcome::created(events::representation(task), "/v1/tasks/" + task.id.to_string(),
                                  task.version);
}

outbox::Outcome create(pg::Tx& tx, const Command& command, outbox::Writer& out) {
  auto task = read_task(command);
  if (!task) return outbox::Outcome::refused(task.error());
  const auto known = store::lock_blobs(tx, task->files);
  for (const domain::File& file : task->files) {
    if (!known.contains(file.sha256)) {
      return outbox::Outcome::refused(unavailable("The upload took too long; send it again."));
    }
  }
  do {
    task->find_code = new_code();
  } while (!store::insert_task(tx, *task));
  events::tell_created(out, *task, command.cause);
  return created(*task);
}

}  // namespace

Outcomes create_tasks(pg::Tx& tx, Batch<v1::CreateTask> batch, outbox::Writer& out) {
  std::vector<Id> ids;
  for (const Command& command : batch) ids.push_back(command.id());
  auto before = store::lock_tasks(tx, std::move(ids));
  Outcomes outcomes;
  for (const Command& command : batch) {
    const auto known = before.find(command.id());
    if (known == before.end()) {
      outcomes.push_back(create(tx, command, out));
      continue;
    }
    store::add_files(tx, {&known->second, 1});
    outcomes.push_back(created(known->second));
  }
  return outcomes;
}

}  // namespace waybill::file::commands
