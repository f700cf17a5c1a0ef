#include "services/file/store/listing.hpp"

#include "services/file/store/draft.hpp"
#include "services/file/store/tasks.hpp"

namespace waybill::file::store {
namespace {

constexpr const char* kSelect = R"(
  SELECT id, find_code, exam, subject, exam_task_number, difficult, condition, answer, created_by,
         created_at, version, false
    FROM tasks
   WHERE deleted_at IS NULL)";
constexpr const char* kCount = R"(
  SELECT count(*)
    FROM tasks
   WHERE deleted_at IS NULL)";

void add_filters(Draft& draft, const TaskFilter& filter) {
  draft.where_any("exam = ANY(${}::text[])", filter.exams);
  draft.where_any("subject = ANY(${}::text[])", filter.subjects);
  draft.where_any("difficult = ANY(${}::text[])", filter.difficulties);
  if (filter.number_from) draft.where("exam_task_number >= ${}::int", *filter.number_from);
  if (filter.number_to) draft.where("exam_task_number <= ${}::int", *filter.number_to);
  if (filter.created_from) draft.where("created_at >= ${}::timestamptz", *filter.created_from);
  if (filter.created_to) draft.where("created_at < ${}::timestamptz", *filter.created_to);
  for (const std::string& kind : filter.has) {
    draft.where(
        "EXISTS (SELECT FROM task_files f WHERE f.task_id = tasks.id AND f.kind = ${}::text)",
        kind);
  }
}

Order order_of(const TaskSort& sort) {
  if (sort.by_number) return {"exam_task_number", "bigint", sort.descending};
  return {"created_at", "timestamptz", sort.descending};
}

}  // namespace

runtime::Cursor cursor_after(const domain::Task& task, const TaskSort& sort) {
  return {sort.by_number ? std::to_string(task.exam_task_number) : key_of(task.created_at),
          task.id};
}

std::optional<std::vector<domain::Task>> list_tasks(pg::Session& session, const TaskFilter& filter,
                                                    const TaskSort& sort,
                                                    const std::optional<runtime::Cursor>& after,
                                                    std::int64_t most) {
  Draft draft{kSelect};
  add_filters(draft, filter);
  if (!draft.page(order_of(sort), "id", after, most)) return std::nullopt;
  std::vector<domain::Task> tasks;
  const pg::Rows rows = draft.run(session);
  for (const pg::Row row : rows) tasks.push_back(read_task(row));
  add_files(session, tasks);
  return tasks;
}

std::int64_t count_tasks(pg::Session& session, const TaskFilter& filter) {
  Draft draft{kCount};
  add_filters(draft, filter);
  return draft.run(session)[0].integer(0);
}

}  // namespace waybill::file::store
