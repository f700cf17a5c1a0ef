// Pages of tasks by keyset, so that rows that come in between move nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "libs/runtime/queries.hpp"
#include "services/file/domain/task.hpp"

namespace waybill::file::store {

struct TaskFilter {
  std::vector<std::string> exams, subjects, difficulties;  // empty: any
  std::optional<std::int64_t> number_from, number_to;      // inclusive
  std::optional<Instant> created_from, created_to;         // inclusive, exclusive
  std::vector<std::string> has;                            // kinds of media, all of them
};

struct TaskSort {
  bool by_number = false;  // else by creation
  bool descending = true;
};

// What a cursor after this task has to carry.
runtime::Cursor cursor_after(const domain::Task& task, const TaskSort& sort);

// Up to `most` tasks after the cursor, with their files. nullopt when the cursor's key is not one
// of this sort.
std::optional<std::vector<domain::Task>> list_tasks(pg::Session& session, const TaskFilter& filter,
                                                    const TaskSort& sort,
                                                    const std::optional<runtime::Cursor>& after,
                                                    std::int64_t most);

std::int64_t count_tasks(pg::Session& session, const TaskFilter& filter);

}  // namespace waybill::file::store
