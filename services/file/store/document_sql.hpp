// The SQL of documents, their types, and uploads. Whoever changes something of an account has
// locked its row of document_owners.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::file::sql {

// ---- owners ----

inline constexpr pg::Statement make_owners{"make_owners", R"(
  INSERT INTO document_owners (owner_id, types, documents)
  SELECT id, 0, 0
    FROM unnest($1::uuid[]) AS wanted (id)
   ORDER BY id
      ON CONFLICT DO NOTHING)"};

// In the order of ids, so that two batches can't wait for each other.
inline constexpr pg::Statement lock_owners{"lock_owners", R"(
  SELECT owner_id
    FROM document_owners
   WHERE owner_id = ANY($1::uuid[])
   ORDER BY owner_id
     FOR UPDATE)"};

inline constexpr pg::Statement find_owner{"find_owner", R"(
  SELECT types, documents
    FROM document_owners
   WHERE owner_id = $1::uuid)"};

inline constexpr pg::Statement count_types{"count_types", R"(
  UPDATE document_owners
     SET types = types + $2::bigint
   WHERE owner_id = $1::uuid)"};

inline constexpr pg::Statement count_documents{"count_documents", R"(
  UPDATE document_owners
     SET documents = documents + $2::bigint
   WHERE owner_id = $1::uuid)"};

// ---- types ----

inline constexpr pg::Statement insert_type{"insert_type", R"(
  INSERT INTO document_types (id, owner_id, name, documents, created_at)
  VALUES ($1::uuid, $2::uuid, $3::text, 0, $4::timestamptz))"};

inline constexpr pg::Statement find_type_by_id{"find_type_by_id", R"(
  SELECT id, owner_id, name, documents, created_at
    FROM document_types
   WHERE id = $1::uuid AND deleted_at IS NULL)"};

inline constexpr pg::Statement find_any_type{"find_any_type", R"(
  SELECT id, owner_id, name, documents, created_at
    FROM document_types
   WHERE id = $1::uuid)"};

inline constexpr pg::Statement find_type_by_name{"find_type_by_name", R"(
  SELECT id, owner_id, name, documents, created_at
    FROM document_types
   WHERE owner_id = $1::uuid AND lower(name) = lower($2::text) AND deleted_at IS NULL)"};

inline constexpr pg::Statement rename_type{"rename_type", R"(
  UPDATE document_types
     SET name = $2::text
   WHERE id = $1::uuid)"};

inline constexpr pg::Statement count_documents_of_type{"count_documents_of_type", R"(
  UPDATE document_types
     SET documents = documents + $2::bigint
   WHERE id = $1::uuid)"};

inline constexpr pg::Statement delete_type{"delete_type", R"(
  UPDATE document_types
     SET deleted_at = $2::timestamptz
   WHERE id = $1::uuid)"};

// ---- documents ----

inline constexpr pg::Statement insert_document{"insert_document", R"(
  INSERT INTO documents (id, owner_id, type_id, name, version, file_id, size, created_at)
  VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text, 1, $5::uuid, $6::bigint, $7::timestamptz))"};

inline constexpr pg::Statement insert_version{"insert_version", R"(
  INSERT INTO document_versions (document_id, version, file_id, created_at)
  VALUES ($1::uuid, $2::bigint, $3::uuid, $4::timestamptz))"};

inline constexpr pg::Statement find_document_by_id{"find_document_by_id", R"(
  SELECT d.id, d.owner_id, d.type_id, t.name, d.name, f.id, f.sha256, f.size, f.content_type,
         f.file_name, d.version, d.created_at, d.updated_at
    FROM documents d JOIN document_types t ON t.id = d.type_id JOIN files f ON f.id = d.file_id
   WHERE d.id = $1::uuid AND d.deleted_at IS NULL)"};

inline constexpr pg::Statement find_any_document{"find_any_document", R"(
  SELECT d.id, d.owner_id, d.type_id, t.name, d.name, f.id, f.sha256, f.size, f.content_type,
         f.file_name, d.version, d.created_at, d.updated_at
    FROM documents d JOIN document_types t ON t.id = d.type_id JOIN files f ON f.id = d.file_id
   WHERE d.id = $1::uuid)"};

inline constexpr pg::Statement find_document_by_name{"find_document_by_name", R"(
  SELECT d.id, d.owner_id, d.type_id, t.name, d.name, f.id, f.sha256, f.size, f.content_type,
         f.file_name, d.version, d.created_at, d.updated_at
    FROM documents d JOIN document_types t ON t.id = d.type_id JOIN files f ON f.id = d.file_id
   WHERE d.owner_id = $1::uuid AND d.type_id = $2::uuid AND lower(d.name) = lower($3::text)
     AND d.deleted_at IS NULL)"};

inline constexpr pg::Statement find_owners_of_documents{"find_owners_of_documents", R"(
  SELECT owner_id
    FROM documents
   WHERE id = ANY($1::uuid[]))"};

inline constexpr pg::Statement find_owners_of_types{"find_owners_of_types", R"(
  SELECT owner_id
    FROM document_types
   WHERE id = ANY($1::uuid[]))"};

inline constexpr pg::Statement update_document{"update_document", R"(
  UPDATE documents
     SET type_id = $2::uuid, name = $3::text, file_id = $4::uuid, size = $5::bigint,
         version = $6::bigint, updated_at = $7::timestamptz
   WHERE id = $1::uuid)"};

inline constexpr pg::Statement delete_document{"delete_document", R"(
  UPDATE documents
     SET version = $2::bigint, deleted_at = $3::timestamptz
   WHERE id = $1::uuid)"};

inline constexpr pg::Statement find_files_of_document{"find_files_of_document", R"(
  SELECT file_id
    FROM document_versions
   WHERE document_id = $1::uuid
   ORDER BY version)"};

// As the document was at this version: its newest bytes then.
inline constexpr pg::Statement find_version{"find_version", R"(
  SELECT v.version, f.id, f.sha256, f.size, f.content_type, f.file_name, v.created_at
    FROM document_versions v JOIN files f ON f.id = v.file_id
   WHERE v.document_id = $1::uuid AND v.version <= $2::bigint
   ORDER BY v.version DESC
   LIMIT 1)"};

inline constexpr pg::Statement list_versions{"list_versions", R"(
  SELECT v.version, f.id, f.sha256, f.size, f.content_type, f.file_name, v.created_at
    FROM document_versions v JOIN files f ON f.id = v.file_id
   WHERE v.document_id = $1::uuid AND v.version < $2::bigint
   ORDER BY v.version DESC
   LIMIT $3::bigint)"};

inline constexpr pg::Statement count_versions{"count_versions", R"(
  SELECT count(*)
    FROM document_versions
   WHERE document_id = $1::uuid)"};

// ---- uploads ----

inline constexpr pg::Statement insert_upload{"insert_upload", R"(
  INSERT INTO uploads (file_id, owner_id, expires_at)
  VALUES ($1::uuid, $2::uuid, $3::timestamptz))"};

// Whoever takes it waits for who is taking or removing it.
inline constexpr pg::Statement lock_upload{"lock_upload", R"(
  SELECT f.id, f.sha256, f.size, f.content_type, f.file_name
    FROM uploads u JOIN files f ON f.id = u.file_id
   WHERE u.file_id = $1::uuid AND u.owner_id = $2::uuid AND u.expires_at > $3::timestamptz
     FOR UPDATE OF u)"};

inline constexpr pg::Statement delete_upload{"delete_upload", R"(
  DELETE FROM uploads WHERE file_id = $1::uuid)"};

inline constexpr pg::Statement name_file{"name_file", R"(
  UPDATE files
     SET file_name = $2::text
   WHERE id = $1::uuid)"};

inline constexpr pg::Statement lock_expired_uploads{"lock_expired_uploads", R"(
  SELECT file_id
    FROM uploads
   WHERE expires_at <= $1::timestamptz
   ORDER BY expires_at
   LIMIT 100
     FOR UPDATE SKIP LOCKED)"};

inline constexpr pg::Statement delete_uploads{"delete_uploads", R"(
  DELETE FROM uploads WHERE file_id = ANY($1::uuid[]))"};

}  // namespace waybill::file::sql
