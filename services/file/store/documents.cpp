#include "services/file/store/documents.hpp"

#include <algorithm>

#include "services/file/store/document_sql.hpp"
#include "services/file/store/files.hpp"

namespace waybill::file::store {
namespace {

domain::File read_file_at(const pg::Row& row, int column) {
  domain::File file;
  file.id = row.id(column);
  file.sha256 = row.text(column + 1);
  file.size = row.integer(column + 2);
  file.content_type = row.text(column + 3);
  file.file_name = row.text(column + 4);
  return file;
}

std::optional<domain::Document> first_document(const pg::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_document(rows[0]);
}

std::optional<domain::DocumentType> first_type(const pg::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_type(rows[0]);
}

std::vector<Id> ids_of(const pg::Rows& rows) {
  std::vector<Id> ids;
  for (const pg::Row row : rows) ids.push_back(row.id(0));
  return ids;
}

void write(pg::Tx& tx, const domain::Document& document) {
  tx.later(sql::update_document, document.id, document.type_id, document.name, document.file.id,
           document.file.size, document.version, document.updated_at);
}

}  // namespace

void lock_owners(pg::Tx& tx, const std::vector<Id>& owners) {
  if (owners.empty()) return;
  const pg::Array ids = to_array(owners);
  tx.later(sql::make_owners, ids);
  tx.exec(sql::lock_owners, ids);
}

std::vector<Id> find_owners_of_documents(pg::Tx& tx, const std::vector<Id>& documents) {
  return ids_of(tx.exec(sql::find_owners_of_documents, to_array(documents)));
}

std::vector<Id> find_owners_of_types(pg::Tx& tx, const std::vector<Id>& types) {
  return ids_of(tx.exec(sql::find_owners_of_types, to_array(types)));
}

Kept count_kept(pg::Tx& tx, const Id& owner) {
  const pg::Rows rows = tx.exec(sql::find_owner, owner);
  if (rows.empty()) return {};
  return {rows[0].integer(0), rows[0].integer(1)};
}

std::optional<domain::DocumentType> find_type(pg::Tx& tx, const Id& id) {
  return first_type(tx.exec(sql::find_type_by_id, id));
}

std::optional<domain::DocumentType> find_type(pg::Session& session, const Id& id) {
  return first_type(session.exec(sql::find_type_by_id, id));
}

std::optional<domain::DocumentType> find_type(pg::Tx& tx, const Id& owner,
                                              const std::string& name) {
  return first_type(tx.exec(sql::find_type_by_name, owner, name));
}

std::optional<domain::DocumentType> find_made_type(pg::Tx& tx, const Id& id) {
  return first_type(tx.exec(sql::find_any_type, id));
}

void insert_type(pg::Tx& tx, const domain::DocumentType& type) {
  tx.later(sql::insert_type, type.id, type.owner_id, type.name, type.created_at);
  tx.later(sql::count_types, type.owner_id, 1);
}

void rename_type(pg::Tx& tx, const domain::DocumentType& type) {
  tx.later(sql::rename_type, type.id, type.name);
}

void delete_type(pg::Tx& tx, const domain::DocumentType& type, Instant at) {
  tx.later(sql::delete_type, type.id, at);
  tx.later(sql::count_types, type.owner_id, -1);
}

std::optional<domain::Document> find_document(pg::Tx& tx, const Id& id) {
  return first_document(tx.exec(sql::find_document_by_id, id));
}

std::optional<domain::Document> find_document(pg::Session& session, const Id& id) {
  return first_document(session.exec(sql::find_document_by_id, id));
}

std::optional<domain::Document> find_document(pg::Tx& tx, const Id& owner, const Id& type,
                                              const std::string& name) {
  return first_document(tx.exec(sql::find_document_by_name, owner, type, name));
}

std::optional<domain::Document> find_made_document(pg::Tx& tx, const Id& id) {
  return first_document(tx.exec(sql::find_any_document, id));
}

void insert_document(pg::Tx& tx, const domain::Document& document) {
  tx.later(sql::insert_document, document.id, document.owner_id, document.type_id, document.name,
           document.file.id, document.file.size, document.created_at);
  tx.later(sql::insert_version, document.id, document.version, document.file.id,
           document.created_at);
  tx.later(sql::count_documents, document.owner_id, 1);
  tx.later(sql::count_documents_of_type, document.type_id, 1);
}

void update_document(pg::Tx& tx, const domain::Document& document, const Id& before) {
  write(tx, document);
  if (document.type_id == before) return;
  tx.later(sql::count_documents_of_type, before, -1);
  tx.later(sql::count_documents_of_type, document.type_id, 1);
}

void replace_content(pg::Tx& tx, const domain::Document& document) {
  write(tx, document);
  tx.later(sql::insert_version, document.id, document.version, document.file.id,
           document.updated_at);
}

void delete_document(pg::Tx& tx, const domain::Document& document, Instant at) {
  tx.later(sql::delete_document, document.id, document.version, at);
  tx.later(sql::count_documents, document.owner_id, -1);
  tx.later(sql::count_documents_of_type, document.type_id, -1);
  delete_files(tx, ids_of(tx.exec(sql::find_files_of_document, document.id)), at);
}

std::optional<domain::Version> find_version(pg::Session& session, const domain::Document& document,
                                            std::int64_t version) {
  if (version > document.version) return std::nullopt;
  const pg::Rows rows = session.exec(sql::find_version, document.id, version);
  if (rows.empty()) return std::nullopt;
  return read_version(rows[0]);
}

domain::Document read_document(const pg::Row& row) {
  domain::Document document;
  document.id = row.id(0);
  document.owner_id = row.id(1);
  document.type_id = row.id(2);
  document.type = row.text(3);
  document.name = row.text(4);
  document.file = read_file_at(row, 5);
  document.version = row.integer(10);
  document.created_at = row.instant(11);
  document.updated_at = row.maybe_instant(12);
  return document;
}

domain::DocumentType read_type(const pg::Row& row) {
  return {row.id(0), row.id(1), std::string{row.text(2)}, row.integer(3), row.instant(4)};
}

domain::Version read_version(const pg::Row& row) {
  return {row.integer(0), read_file_at(row, 1), row.instant(6)};
}

}  // namespace waybill::file::store
