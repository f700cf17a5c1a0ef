#include "services/file/store/files.hpp"

#include "services/file/store/sql.hpp"

namespace waybill::file::store {

std::string blob_key(const std::string& sha256) {
  return fmt::format("sha256/{}/{}", sha256.substr(0, 2), sha256);
}

domain::File read_file(const pg::Row& row) {
  domain::File file;
  file.id = row.id(0);
  file.kind = row.text(1);
  file.sha256 = row.text(2);
  file.size = row.integer(3);
  file.content_type = row.text(4);
  file.file_name = row.text(5);
  return file;
}

pg::Array to_array(std::span<const Id> ids) {
  pg::Array array;
  array.reserve(ids.size());
  for (const Id& id : ids) array.add(id);
  return array;
}

void announce_blob(pg::Session& session, const std::string& sha256, std::int64_t size) {
  session.exec(sql::announce_blob, sha256, size);
}

std::set<std::string> lock_blobs(pg::Tx& tx, std::span<const domain::File> files) {
  std::set<std::string> known;
  if (files.empty()) return known;
  pg::Array digests;
  for (const domain::File& file : files) digests.add(file.sha256);
  const pg::Rows rows = tx.exec(sql::lock_blobs, digests);
  for (const pg::Row row : rows) known.emplace(row.text(0));
  return known;
}

void insert_files(pg::Tx& tx, std::span<const domain::File> files, Instant at) {
  if (files.empty()) return;
  pg::Array ids, digests, sizes, types, names;
  for (const domain::File& file : files) {
    ids.add(file.id);
    digests.add(file.sha256);
    sizes.add(file.size);
    types.add(file.content_type);
    names.add(file.file_name);
  }
  tx.later(sql::refer_to_blobs, digests);
  tx.later(sql::insert_files, ids, digests, sizes, types, names, at);
}

std::optional<domain::File> find_file(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_file_by_id, id);
  if (rows.empty()) return std::nullopt;
  return read_file(rows[0]);
}

void delete_files(pg::Tx& tx, const std::vector<Id>& ids, Instant at) {
  if (ids.empty()) return;
  const pg::Rows rows = tx.exec(sql::delete_files, to_array(ids), at);
  std::vector<std::string> digests;
  for (const pg::Row row : rows) digests.emplace_back(row.text(0));
  std::sort(digests.begin(), digests.end());
  pg::Array gone;
  for (const std::string& digest : digests) gone.add(digest);
  // In the order of digests, as everybody locks them.
  tx.exec(sql::lock_blobs, gone);
  tx.later(sql::let_go_of_blobs, gone);
}

std::optional<std::string> take_unused_blob(pg::Tx& tx, Instant before) {
  const pg::Rows rows = tx.exec(sql::lock_unused_blob, before);
  if (rows.empty()) return std::nullopt;
  std::string digest{rows[0].text(0)};
  tx.exec(sql::delete_blob, digest);
  return digest;
}

}  // namespace waybill::file::store
