// All SQL of the file service but that of documents (document_sql.hpp) and of lists. Arrays are
// read with unnest: one statement for a whole batch.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::file::sql {

// ---- bytes ----

// Before an object gets into the store: from now on the sweep leaves it alone for a while. Waits
// for a sweep that is removing just this one.
inline constexpr pg::Statement announce_blob{"announce_blob", R"(
  INSERT INTO blobs (sha256, size, refs, touched_at)
  VALUES ($1::text, $2::bigint, 0, now())
      ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at)"};

// In the order of digests, so that two batches can't wait for each other.
inline constexpr pg::Statement lock_blobs{"lock_blobs", R"(
  SELECT sha256, size
    FROM blobs
   WHERE sha256 = ANY($1::text[])
   ORDER BY sha256
     FOR NO KEY UPDATE)"};

// $1 may hold a digest several times.
inline constexpr pg::Statement refer_to_blobs{"refer_to_blobs", R"(
  UPDATE blobs
     SET refs = blobs.refs + more.count, touched_at = now()
    FROM (SELECT sha256, count(*) AS count FROM unnest($1::text[]) AS used (sha256)
           GROUP BY sha256) AS more
   WHERE blobs.sha256 = more.sha256)"};

inline constexpr pg::Statement let_go_of_blobs{"let_go_of_blobs", R"(
  UPDATE blobs
     SET refs = blobs.refs - fewer.count, touched_at = now()
    FROM (SELECT sha256, count(*) AS count FROM unnest($1::text[]) AS used (sha256)
           GROUP BY sha256) AS fewer
   WHERE blobs.sha256 = fewer.sha256)"};

// One that nobody has used since $1, locked, so that nobody can begin to.
inline constexpr pg::Statement lock_unused_blob{"lock_unused_blob", R"(
  SELECT sha256
    FROM blobs
   WHERE refs = 0 AND touched_at < $1::timestamptz
   ORDER BY touched_at
   LIMIT 1
     FOR UPDATE SKIP LOCKED)"};

inline constexpr pg::Statement delete_blob{"delete_blob", R"(
  DELETE FROM blobs WHERE sha256 = $1::text)"};

// ---- files ----

inline constexpr pg::Statement insert_files{"insert_files", R"(
  INSERT INTO files (id, sha256, size, content_type, file_name, created_at)
  SELECT id, sha256, size, content_type, file_name, $6::timestamptz
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[])
         AS new (id, sha256, size, content_type, file_name))"};

inline constexpr pg::Statement find_file_by_id{"find_file_by_id", R"(
  SELECT id, '', sha256, size, content_type, file_name
    FROM files
   WHERE id = $1::uuid AND deleted_at IS NULL)"};

inline constexpr pg::Statement delete_files{"delete_files", R"(
  UPDATE files
     SET deleted_at = $2::timestamptz
   WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL
  RETURNING sha256)"};

// ---- tasks ----

// Gives nothing back where the code is taken or the task is there.
inline constexpr pg::Statement insert_task{"insert_task", R"(
  INSERT INTO tasks (id, find_code, exam, subject, exam_task_number, difficult, condition, answer,
                     created_by, created_at, version)
  VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::int, $6::text, $7::text, $8::text, $9::uuid,
          $10::timestamptz, 1)
      ON CONFLICT DO NOTHING
  RETURNING id)"};

inline constexpr pg::Statement insert_task_files{"insert_task_files", R"(
  INSERT INTO task_files (task_id, kind, position, file_id)
  SELECT $1::uuid, kind, position, file_id
    FROM unnest($2::text[], $3::int[], $4::uuid[]) AS new (kind, position, file_id))"};

inline constexpr pg::Statement lock_tasks{"lock_tasks", R"(
  SELECT id, find_code, exam, subject, exam_task_number, difficult, condition, answer, created_by,
         created_at, version, deleted_at IS NOT NULL
    FROM tasks
   WHERE id = ANY($1::uuid[])
   ORDER BY id
     FOR NO KEY UPDATE)"};

inline constexpr pg::Statement find_task_by_id{"find_task_by_id", R"(
  SELECT id, find_code, exam, subject, exam_task_number, difficult, condition, answer, created_by,
         created_at, version, false
    FROM tasks
   WHERE id = $1::uuid AND deleted_at IS NULL)"};

inline constexpr pg::Statement find_task_by_code{"find_task_by_code", R"(
  SELECT id, find_code, exam, subject, exam_task_number, difficult, condition, answer, created_by,
         created_at, version, false
    FROM tasks
   WHERE find_code = $1::text AND deleted_at IS NULL)"};

inline constexpr pg::Statement find_files_of_tasks{"find_files_of_tasks", R"(
  SELECT t.file_id, t.kind, f.sha256, f.size, f.content_type, f.file_name, t.task_id
    FROM task_files t JOIN files f ON f.id = t.file_id
   WHERE t.task_id = ANY($1::uuid[])
   ORDER BY t.task_id, t.kind, t.position)"};

inline constexpr pg::Statement delete_tasks{"delete_tasks", R"(
  UPDATE tasks
     SET deleted_at = $2::timestamptz, version = version + 1
   WHERE id = ANY($1::uuid[]))"};

}  // namespace waybill::file::sql
