#include "services/file/store/uploads.hpp"

#include "services/file/store/document_sql.hpp"
#include "services/file/store/files.hpp"

namespace waybill::file::store {

void insert_upload(pg::Tx& tx, const domain::File& file, const Id& owner, Instant at,
                   Instant expires) {
  insert_files(tx, {&file, 1}, at);
  tx.later(sql::insert_upload, file.id, owner, expires);
}

std::optional<domain::File> lock_upload(pg::Tx& tx, const Id& id, const Id& owner, Instant now) {
  const pg::Rows rows = tx.exec(sql::lock_upload, id, owner, now);
  if (rows.empty()) return std::nullopt;
  const pg::Row row = rows[0];
  domain::File file;
  file.id = row.id(0);
  file.sha256 = row.text(1);
  file.size = row.integer(2);
  file.content_type = row.text(3);
  file.file_name = row.text(4);
  return file;
}

void take_upload(pg::Tx& tx, const domain::File& file) {
  tx.later(sql::delete_upload, file.id);
  tx.later(sql::name_file, file.id, file.file_name);
}

std::size_t delete_expired_uploads(pg::Tx& tx, Instant now) {
  std::vector<Id> ids;
  const pg::Rows rows = tx.exec(sql::lock_expired_uploads, now);
  for (const pg::Row row : rows) ids.push_back(row.id(0));
  if (ids.empty()) return 0;
  tx.later(sql::delete_uploads, to_array(ids));
  delete_files(tx, ids, now);
  return ids.size();
}

}  // namespace waybill::file::store
