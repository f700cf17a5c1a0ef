#include "libs/projection/rows.hpp"
#include "services/report/projections/projections.hpp"
#include "services/report/store/known.hpp"
#include "waybill/file/v1/events.pb.h"

namespace waybill::report::projections {
namespace {

namespace v1 = waybill::file::v1;

store::KnownFile read_task(const v1::TaskCreated& message, const messaging::Event& event) {
  const v1::Task& task = message.task();
  store::KnownFile row;
  row.id = projection::read_id(task.id(), event);
  row.kind = "task";
  row.version = task.version();
  if (task.has_created_by()) row.owner_id = projection::read_id(task.created_by(), event);
  row.files = task.sound_ids_size() + task.file_ids_size() + task.photo_ids_size() +
              (task.has_answer_video_id() ? 1 : 0);
  row.created_at = projection::read_instant(task.created_at(), event);
  return row;
}

store::KnownFile read_document(const v1::DocumentChanged& message, const messaging::Event& event) {
  const v1::Document& document = message.document();
  store::KnownFile row;
  row.id = projection::read_id(document.id(), event);
  row.kind = "document";
  row.version = document.version();
  row.owner_id = projection::read_id(document.owner_id(), event);
  row.files = 1;
  row.size = document.size();
  row.created_at = projection::read_instant(document.created_at(), event);
  return row;
}

template <class Deleted>
auto read_deleted(const std::string& kind) {
  return [kind](const Deleted& message, const messaging::Event& event) {
    store::KnownFile row;
    row.id = projection::read_id(message.id(), event);
    row.kind = kind;
    row.version = message.version();
    row.deleted = true;
    return row;
  };
}

}  // namespace

projection::Definition files() {
  projection::Rows<store::KnownFile> rows;
  rows.on<v1::TaskCreated>(read_task).on<v1::DocumentChanged>(read_document);
  rows.on<v1::TaskDeleted>(read_deleted<v1::TaskDeleted>("task"));
  rows.on<v1::DocumentDeleted>(read_deleted<v1::DocumentDeleted>("document"));
  return {.name = "report.files",
          .service = "report",
          .topics = {"waybill.files"},
          .tables = {"known_file"},
          .apply = rows.newest_into(store::put_files),
          .pace = pace};
}

}  // namespace waybill::report::projections
