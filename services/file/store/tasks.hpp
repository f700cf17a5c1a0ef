// Study tasks in the database.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/file/domain/task.hpp"

namespace waybill::file::store {

// The task with its files, whose blobs are locked. False where its code is taken already: draw
// another one.
bool insert_task(pg::Tx& tx, const domain::Task& task);

// Deleted ones too, without their files; locked until the transaction ends.
std::map<Id, domain::Task> lock_tasks(pg::Tx& tx, std::vector<Id> ids);

std::optional<domain::Task> find_task(pg::Session& session, const Id& id);
std::optional<domain::Task> find_task_by_code(pg::Session& session, const std::string& code);

// Hides the tasks and lets go of their files.
void delete_tasks(pg::Tx& tx, std::span<const domain::Task> tasks, Instant at);

// Reads the files of tasks that were read without.
void add_files(pg::Session& session, std::span<domain::Task> tasks);
void add_files(pg::Tx& tx, std::span<domain::Task> tasks);

domain::Task read_task(const pg::Row& row);

}  // namespace waybill::file::store
