#include "tools/waybill/audit/model.hpp"
#include "waybill/file/v1/events.pb.h"

namespace waybill::tool::audit {
namespace {

template <class Message>
bool is_a(const messaging::Event& event) {
  const auto type = event.headers.find("ce_type");
  return type != event.headers.end() && type->second == Message::descriptor()->full_name();
}

std::string document_facts(const messaging::Event& event) {
  file::v1::DocumentChanged message;
  if (!message.ParseFromString(event.value)) return "unreadable";
  const file::v1::Document& document = message.document();
  return fmt::format("{}|{}|{}|{}|{}", document.owner_id(), document.type_id(), document.name(),
                     document.size(), message.file_id());
}

std::string facts(const messaging::Event& event) {
  if (is_a<file::v1::TaskDeleted>(event) || is_a<file::v1::DocumentDeleted>(event)) {
    return "deleted";
  }
  if (is_a<file::v1::DocumentChanged>(event)) return document_facts(event);
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
    kSince + " FROM tasks WHERE coalesce(deleted_at, created_at) >= " + kSince +
    " UNION ALL SELECT id, version, md5(CASE WHEN deleted_at IS NOT NULL THEN 'deleted' ELSE "
    "concat_ws('|', owner_id, type_id, name, size, file_id) END), created_at >= " +
    kSince + " FROM documents WHERE coalesce(deleted_at, updated_at, created_at) >= " + kSince +
    " ORDER BY id";

// Commands whose id is the id of what they make.
const std::string kMade =
    "WITH made AS (SELECT i.command_id, CASE WHEN i.outcome IS NULL THEN NULL ELSE " + kStatus +
    " END AS status, t.id IS NOT NULL OR d.id IS NOT NULL AS there FROM inbox i "
    "LEFT JOIN tasks t ON t.id = i.command_id LEFT JOIN documents d ON d.id = i.command_id "
    "WHERE i.type IN ('waybill.file.v1.CreateTask', 'waybill.file.v1.CreateDocument', "
    "'waybill.file.v1.AddDocument') AND NOT i.dead AND " +
    in_range("i.at") + ") ";

}  // namespace

Model file_model() {
  return {
      .service = "file",
      .topic = "waybill.files",
      .id_name = "id",
      .states = kStates,
      .facts = facts,
      .checks = {
          {"command-without-effect", "created tasks and documents are there",
           kMade +
               "SELECT json_build_object('command_id', command_id), 'it was answered ' || status "
               "|| ', but nothing came of it' FROM made WHERE status = 201 "
               "AND NOT there ORDER BY command_id"},
          {"refused-with-effect", "refused ones are not there",
           kMade +
               "SELECT json_build_object('command_id', command_id), 'it was answered ' || status "
               "|| ', but something came of it' FROM made WHERE status >= 400 AND there "
               "ORDER BY command_id"},
          {"counts-differ", "types know how many documents they have",
           "SELECT json_build_object('type_id', t.id), 'the counter says ' || t.documents || "
           "', there are ' || count(d.id) FROM document_types t LEFT JOIN documents d "
           "ON d.owner_id = t.owner_id AND d.type_id = t.id AND d.deleted_at IS NULL "
           "GROUP BY t.id HAVING t.documents <> count(d.id) ORDER BY t.id"},
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
