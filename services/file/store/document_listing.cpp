#include "services/file/store/document_listing.hpp"

#include "services/file/store/document_sql.hpp"
#include "services/file/store/documents.hpp"
#include "services/file/store/draft.hpp"

namespace waybill::file::store {
namespace {

constexpr const char* kSelectDocuments = R"(
  SELECT d.id, d.owner_id, d.type_id, t.name, d.name, f.id, f.sha256, f.size, f.content_type,
         f.file_name, d.version, d.created_at, d.updated_at
    FROM documents d JOIN document_types t ON t.id = d.type_id JOIN files f ON f.id = d.file_id
   WHERE d.deleted_at IS NULL)";
constexpr const char* kCountDocuments = R"(
  SELECT count(*)
    FROM documents d
   WHERE d.deleted_at IS NULL)";
constexpr const char* kSelectTypes = R"(
  SELECT id, owner_id, name, documents, created_at
    FROM document_types
   WHERE deleted_at IS NULL)";
constexpr const char* kCountTypes = R"(
  SELECT count(*)
    FROM document_types
   WHERE deleted_at IS NULL)";

// The cursor has the name as it is; the database folds it, like those that it is compared with.
Order order_of_documents(const DocumentSort& sort) {
  if (sort.key == "name") return {"lower(d.name)", "text", sort.descending};
  if (sort.key == "size") return {"d.size", "bigint", sort.descending};
  return {"d.created_at", "timestamptz", sort.descending};
}

Order order_of_types(const DocumentSort& sort) {
  if (sort.key == "name") return {"lower(name)", "text", sort.descending};
  if (sort.key == "documents") return {"documents", "bigint", sort.descending};
  return {"created_at", "timestamptz", sort.descending};
}

void add_filters(Draft& draft, const DocumentFilter& filter) {
  if (filter.owner_id) draft.where("d.owner_id = ${}::uuid", *filter.owner_id);
  if (filter.type_id) draft.where("d.type_id = ${}::uuid", *filter.type_id);
  if (filter.name) draft.where("d.name ILIKE ${}::text", substring_pattern(*filter.name));
  if (filter.created_from) draft.where("d.created_at >= ${}::timestamptz", *filter.created_from);
  if (filter.created_to) draft.where("d.created_at < ${}::timestamptz", *filter.created_to);
}

}  // namespace

runtime::Cursor cursor_after(const domain::Document& document, const DocumentSort& sort) {
  if (sort.key == "name") return {document.name, document.id};
  if (sort.key == "size") return {std::to_string(document.file.size), document.id};
  return {key_of(document.created_at), document.id};
}

runtime::Cursor cursor_after(const domain::DocumentType& type, const DocumentSort& sort) {
  if (sort.key == "name") return {type.name, type.id};
  if (sort.key == "documents") return {std::to_string(type.documents), type.id};
  return {key_of(type.created_at), type.id};
}

std::optional<std::vector<domain::Document>> list_documents(
    pg::Session& session, const DocumentFilter& filter, const DocumentSort& sort,
    const std::optional<runtime::Cursor>& after, std::int64_t most) {
  Draft draft{kSelectDocuments};
  add_filters(draft, filter);
  if (!draft.page(order_of_documents(sort), "d.id", after, most)) return std::nullopt;
  std::vector<domain::Document> documents;
  const pg::Rows rows = draft.run(session);
  for (const pg::Row row : rows) documents.push_back(read_document(row));
  return documents;
}

std::int64_t count_documents(pg::Session& session, const DocumentFilter& filter) {
  Draft draft{kCountDocuments};
  add_filters(draft, filter);
  return draft.run(session)[0].integer(0);
}

std::optional<std::vector<domain::DocumentType>> list_types(
    pg::Session& session, const Id& owner, const DocumentSort& sort,
    const std::optional<runtime::Cursor>& after, std::int64_t most) {
  Draft draft{kSelectTypes};
  draft.where("owner_id = ${}::uuid", owner);
  if (!draft.page(order_of_types(sort), "id", after, most)) return std::nullopt;
  std::vector<domain::DocumentType> types;
  const pg::Rows rows = draft.run(session);
  for (const pg::Row row : rows) types.push_back(read_type(row));
  return types;
}

std::int64_t count_types(pg::Session& session, const Id& owner) {
  Draft draft{kCountTypes};
  draft.where("owner_id = ${}::uuid", owner);
  return draft.run(session)[0].integer(0);
}

std::vector<domain::Version> list_versions(pg::Session& session, const Id& document,
                                           std::int64_t before, std::int64_t most) {
  std::vector<domain::Version> versions;
  const pg::Rows rows = session.exec(sql::list_versions, document, before, most);
  for (const pg::Row row : rows) versions.push_back(read_version(row));
  return versions;
}

std::int64_t count_versions(pg::Session& session, const Id& document) {
  return session.exec(sql::count_versions, document)[0].integer(0);
}

}  // namespace waybill::file::store
