#include "tools/waybill/audit/model.hpp"
#include "waybill/file/v1/events.pb.h"

namespace waybill::tool::audit {
namespace {

std::string facts(const messaging::Event& event) {
  const auto type = event.headers.find("ce_type");
  const bool deleted = type != event.headers.end() &&
                       type->second == file::v1::TaskDeleted::descriptor()->full_name();
  if (deleted) return "deleted";
  file::v1::TaskCreated message;
  if (!message.ParseFromString(event.value)) return "unreadable";
  const file::v1::Task& task = message.task();
  return fmt::format("{}|{}|{}|{}|{}|{}|{}", task.exam(), task.subject(), task.exam_task_number(),
                     task.difficult(), task.condition(), task.answer(), task.find_code());
}

const std::string kStates =
    "SELECT id, version, md5(CASE WHEN deleted_at IS NOT NULL THEN 'deleted' ELSE "
    "concat_ws('|', exam, subject, exam_task_number, difficult, condition, answer, find_code) "
    "END), "
    "created_at >= " +
    kSince + " FROM tasks WHERE coalesce(deleted_at, created_at) >= " + kSince + " ORDER BY id";

// Commands whose id is the id of what they make.
const std::string kMade =
    "WITH made AS (SELECT i.command_id, CASE WHEN i.outcome IS NULL THEN NULL ELSE " + kStatus +
    " END AS status, t.id IS NOT NULL AS there FROM inbox i LEFT JOIN tasks t "
    "ON t.id = i.command_id WHERE i.type = 'waybill.file.v1.CreateTask' AND NOT i.dead AND " +
    in_range("i.at") + ") ";

}  // namespace

Model file_model() {
  return {
      .service = "file",
      .topic = "waybill.files",
      .id_name = "task_id",
      .states = kStates,
      .facts = facts,
      .checks = {
          {"command-without-effect", "created tasks are there",
           kMade +
               "SELECT json_build_object('command_id', command_id), 'it was answered ' || status "
               "|| ', but nothing came of it' FROM made WHERE status BETWEEN 200 AND 299 "
               "AND NOT there ORDER BY command_id"},
          {"refused-with-effect", "refused ones are not there",
           kMade +
               "SELECT json_build_object('command_id', command_id), 'it was answered ' || status "
               "|| ', but something came of it' FROM made WHERE status >= 400 AND there "
               "ORDER BY command_id"},
          {"references-differ", "bytes know how many files refer to them",
           "SELECT json_build_object('sha256', b.sha256), 'the counter says ' || b.refs || "
           "', there are ' || coalesce(f.count, 0) FROM blobs b LEFT JOIN (SELECT sha256, count(*) "
           "AS count FROM files WHERE deleted_at IS NULL GROUP BY sha256) AS f "
           "ON f.sha256 = b.sha256 WHERE b.refs <> coalesce(f.count, 0) ORDER BY b.sha256"},
          {"file-without-bytes", "files have bytes",
           "SELECT json_build_object('file_id', f.id, 'sha256', f.sha256), 'no row of its bytes' "
           "FROM files f LEFT JOIN blobs b ON b.sha256 = f.sha256 WHERE f.deleted_at IS NULL "
           "AND b.sha256 IS NULL ORDER BY f.id"},
      }};
}

}  // namespace waybill::tool::audit
