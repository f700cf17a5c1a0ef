// Files that came before the command that is to use them.
#pragma once

#include <optional>
#include <string>

#include "libs/pg/pg.hpp"
#include "services/file/domain/task.hpp"

namespace waybill::file::store {

// The file gets a row; its bytes' row is locked.
void insert_upload(pg::Tx& tx, const domain::File& file, const Id& owner, Instant at,
                   Instant expires);

// For whoever has uploaded it, as long as it is good; locked until the transaction ends.
std::optional<domain::File> lock_upload(pg::Tx& tx, const Id& id, const Id& owner, Instant now);

// It is a file like any other from now on.
void take_upload(pg::Tx& tx, const domain::File& file);

// Removes some of those that nobody took in time; gives their number.
std::size_t delete_expired_uploads(pg::Tx& tx, Instant now);

}  // namespace waybill::file::store
