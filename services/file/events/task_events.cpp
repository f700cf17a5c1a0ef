#include "services/file/events/task_events.hpp"

#include "libs/contract/json.hpp"

namespace waybill::file::events {
namespace {

constexpr std::string_view topic = "waybill.files";

}  // namespace

v1::Task to_message(const domain::Task& task) {
  v1::Task message;
  message.set_id(task.id.to_string());
  message.set_exam(task.exam);
  message.set_subject(task.subject);
  message.set_exam_task_number(task.exam_task_number);
  message.set_difficult(task.difficult);
  message.set_condition(task.condition);
  message.set_answer(task.answer);
  message.set_find_code(task.find_code);
  if (task.created_by) message.set_created_by(task.created_by->to_string());
  message.set_created_at(to_rfc3339(task.created_at));
  for (const Id& id : domain::files_of(task, "sound")) message.add_sound_ids(id.to_string());
  for (const Id& id : domain::files_of(task, "file")) message.add_file_ids(id.to_string());
  for (const Id& id : domain::files_of(task, "photo")) message.add_photo_ids(id.to_string());
  for (const Id& id : domain::files_of(task, "video")) message.set_answer_video_id(id.to_string());
  message.set_version(task.version);
  return message;
}

std::string representation(const domain::Task& task) {
  return contract::to_json(to_message(task));
}

void tell_created(outbox::Writer& out, const domain::Task& task, const outbox::Cause& cause) {
  v1::TaskCreated event;
  *event.mutable_task() = to_message(task);
  out.event(topic, task.id, task.version, event, cause);
}

void tell_deleted(outbox::Writer& out, const domain::Task& task, const outbox::Cause& cause) {
  v1::TaskDeleted event;
  event.set_id(task.id.to_string());
  event.set_version(task.version);
  out.event(topic, task.id, task.version, event, cause);
}

}  // namespace waybill::file::events
