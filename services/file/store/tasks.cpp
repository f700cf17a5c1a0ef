#include "services/file/store/tasks.hpp"

#include <algorithm>

#include "services/file/store/files.hpp"
#include "services/file/store/sql.hpp"

namespace waybill::file::store {
namespace {

pg::Array ids_of(std::span<const domain::Task> tasks) {
  pg::Array ids;
  for (const domain::Task& task : tasks) ids.add(task.id);
  return ids;
}

void give_files(const pg::Rows& rows, std::span<domain::Task> tasks) {
  std::map<Id, domain::Task*> by_id;
  for (domain::Task& task : tasks) by_id.emplace(task.id, &task);
  for (const pg::Row row : rows) by_id.at(row.id(6))->files.push_back(read_file(row));
}

}  // namespace

domain::Task read_task(const pg::Row& row) {
  domain::Task task;
  task.id = row.id(0);
  task.find_code = row.text(1);
  task.exam = row.text(2);
  task.subject = row.text(3);
  task.exam_task_number = static_cast<int>(row.integer(4));
  task.difficult = row.text(5);
  task.condition = row.text(6);
  task.answer = row.text(7);
  task.created_by = row.maybe_id(8);
  task.created_at = row.instant(9);
  task.version = row.integer(10);
  task.deleted = row.boolean(11);
  return task;
}

bool insert_task(pg::Tx& tx, const domain::Task& task) {
  const pg::Rows made = tx.exec(sql::insert_task, task.id, task.find_code, task.exam, task.subject,
                                task.exam_task_number, task.difficult, task.condition, task.answer,
                                task.created_by, task.created_at);
  if (made.empty()) return false;
  insert_files(tx, task.files, task.created_at);
  if (task.files.empty()) return true;
  pg::Array kinds, positions, ids;
  std::map<std::string, int> next;
  for (const domain::File& file : task.files) {
    kinds.add(file.kind);
    positions.add(next[file.kind]++);
    ids.add(file.id);
  }
  tx.later(sql::insert_task_files, task.id, kinds, positions, ids);
  return true;
}

std::map<Id, domain::Task> lock_tasks(pg::Tx& tx, std::vector<Id> ids) {
  std::map<Id, domain::Task> tasks;
  if (ids.empty()) return tasks;
  const pg::Rows rows = tx.exec(sql::lock_tasks, to_array(ids));
  for (const pg::Row row : rows) tasks.emplace(row.id(0), read_task(row));
  return tasks;
}

std::optional<domain::Task> find_task(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_task_by_id, id);
  if (rows.empty()) return std::nullopt;
  domain::Task task = read_task(rows[0]);
  add_files(session, {&task, 1});
  return task;
}

std::optional<domain::Task> find_task_by_code(pg::Session& session, const std::string& code) {
  const pg::Rows rows = session.exec(sql::find_task_by_code, code);
  if (rows.empty()) return std::nullopt;
  domain::Task task = read_task(rows[0]);
  add_files(session, {&task, 1});
  return task;
}

void delete_tasks(pg::Tx& tx, std::span<const domain::Task> tasks, Instant at) {
  if (tasks.empty()) return;
  tx.later(sql::delete_tasks, ids_of(tasks), at);
  std::vector<Id> files;
  for (const domain::Task& task : tasks) {
    for (const domain::File& file : task.files) files.push_back(file.id);
  }
  delete_files(tx, files, at);
}

void add_files(pg::Session& session, std::span<domain::Task> tasks) {
  if (!tasks.empty()) give_files(session.exec(sql::find_files_of_tasks, ids_of(tasks)), tasks);
}

void add_files(pg::Tx& tx, std::span<domain::Task> tasks) {
  if (!tasks.empty()) give_files(tx.exec(sql::find_files_of_tasks, ids_of(tasks)), tasks);
}

}  // namespace waybill::file::store
