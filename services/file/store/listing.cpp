#include "services/file/store/listing.hpp"

#include <charconv>
#include <map>
#include <mutex>

#include "services/file/store/tasks.hpp"

namespace waybill::file::store {
namespace {

// Each combination of filters and sort has a statement of its own, so that it is planned for
// itself; values are parameters.
const pg::Statement& keep(const std::string& text) {
  struct Kept {
    std::string name;
    pg::Statement statement{};
  };
  static std::mutex mutex;
  static std::map<std::string, Kept> kept;
  const std::lock_guard lock{mutex};
  const auto [place, is_new] = kept.try_emplace(text);
  if (is_new) {
    place->second.name = fmt::format("list_tasks_{}", kept.size());
    place->second.statement = {place->second.name.c_str(), place->first.c_str()};
  }
  return place->second.statement;
}

constexpr const char* kSelect = R"(
  SELECT id, find_code, exam, subject, exam_task_number, difficult, condition, answer, created_by,
         created_at, version, false
    FROM tasks
   WHERE deleted_at IS NULL)";
constexpr const char* kCount = R"(
  SELECT count(*)
    FROM tasks
   WHERE deleted_at IS NULL)";

// A statement under way.
struct Draft {
  std::string text;
  std::vector<pg::Param> params;

  // `{}` in the condition are the numbers of its parameters.
  void where(const char* condition, pg::Param param) {
    params.push_back(std::move(param));
    text += "\n     AND " + fmt::format(fmt::runtime(condition), params.size());
  }
  void where_any(const char* condition, const std::vector<std::string>& values) {
    if (values.empty()) return;
    pg::Array array;
    for (const std::string& value : values) array.add(value);
    where(condition, array);
  }
};

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

std::optional<pg::Param> read_key(const runtime::Cursor& cursor, const TaskSort& sort) {
  std::int64_t key = 0;
  const std::string& text = cursor.sort_key;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (sort.by_number) return pg::Param{key};
  return pg::Param{from_unix_micros(key)};
}

}  // namespace

runtime::Cursor cursor_after(const domain::Task& task, const TaskSort& sort) {
  return {std::to_string(sort.by_number ? task.exam_task_number : to_unix_micros(task.created_at)),
          task.id};
}

std::optional<std::vector<domain::Task>> list_tasks(pg::Session& session, const TaskFilter& filter,
                                                    const TaskSort& sort,
                                                    const std::optional<runtime::Cursor>& after,
                                                    std::int64_t most) {
  Draft draft{kSelect, {}};
  add_filters(draft, filter);
  const char* key = sort.by_number ? "exam_task_number" : "created_at";
  if (after) {
    const auto from = read_key(*after, sort);
    if (!from) return std::nullopt;
    draft.params.push_back(*from);
    draft.params.emplace_back(after->id);
    draft.text += fmt::format("\n     AND ({}, id) {} (${}::{}, ${}::uuid)", key,
                              sort.descending ? '<' : '>', draft.params.size() - 1,
                              sort.by_number ? "int" : "timestamptz", draft.params.size());
  }
  draft.params.emplace_back(most);
  draft.text += fmt::format("\n   ORDER BY {0} {1}, id {1}\n   LIMIT ${2}::bigint", key,
                            sort.descending ? "DESC" : "ASC", draft.params.size());
  std::vector<domain::Task> tasks;
  const pg::Rows rows = session.run(keep(draft.text), draft.params);
  for (const pg::Row row : rows) tasks.push_back(read_task(row));
  add_files(session, tasks);
  return tasks;
}

std::int64_t count_tasks(pg::Session& session, const TaskFilter& filter) {
  Draft draft{kCount, {}};
  add_filters(draft, filter);
  return session.run(keep(draft.text), draft.params)[0].integer(0);
}

}  // namespace waybill::file::store
