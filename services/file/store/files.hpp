// Bytes and files in the database.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/file/domain/task.hpp"

namespace waybill::file::store {

// To be called before the object of this digest gets into the store; see the sweep.
void announce_blob(pg::Session& session, const std::string& sha256, std::int64_t size);

// The digests among these whose bytes are known, locked until the transaction ends.
std::set<std::string> lock_blobs(pg::Tx& tx, std::span<const domain::File> files);

// Rows for files whose blobs are locked; each counts as a reference.
void insert_files(pg::Tx& tx, std::span<const domain::File> files, Instant at);

std::optional<domain::File> find_file(pg::Session& session, const Id& id);

// They answer 404 from now on, and refer to nothing.
void delete_files(pg::Tx& tx, const std::vector<Id>& ids, Instant at);

// Takes one blob that nobody refers to and that was last touched before this time out of the
// database, and gives its digest. Its row stays locked until the transaction ends: remove the
// object before that.
std::optional<std::string> take_unused_blob(pg::Tx& tx, Instant before);

domain::File read_file(const pg::Row& row);
pg::Array to_array(std::span<const Id> ids);

// Where the store has the bytes of this digest.
std::string blob_key(const std::string& sha256);

}  // namespace waybill::file::store
