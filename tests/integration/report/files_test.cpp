// What waybill.files tells, as rows.
#include <catch2/catch.hpp>

#include "tests/integration/report/desk.hpp"
#include "waybill/file/v1/events.pb.h"

using namespace waybill;
using namespace waybill::report;
using namespace waybill::report::test;
namespace files = waybill::file::v1;

namespace {

messaging::Event event_of(const std::string& key, const google::protobuf::Message& message,
                          std::int64_t version) {
  messaging::Event event;
  event.topic = "waybill.files";
  event.key = key;
  event.value = message.SerializeAsString();
  event.headers = {{"ce_type", message.GetDescriptor()->full_name()},
                   {"ce_version", std::to_string(version)}};
  return event;
}

messaging::Event changed(const std::string& id, std::int64_t version, std::int64_t size) {
  files::DocumentChanged message;
  files::Document& document = *message.mutable_document();
  document.set_id(id);
  document.set_owner_id(new_id().to_string());
  document.set_size(size);
  document.set_version(version);
  document.set_created_at("2026-01-30T12:00:00.123Z");
  return event_of(id, message, version);
}

messaging::Event deleted(const std::string& id, std::int64_t version) {
  files::DocumentDeleted message;
  message.set_id(id);
  message.set_version(version);
  return event_of(id, message, version);
}

void tell(Desk& desk, const std::vector<messaging::Event>& events) {
  pg::Tx tx{desk.connection()};
  projections::files().apply(tx, events);
  tx.commit();
}

}  // namespace

TEST_CASE("a document has its newest state, in whatever order it was told",
          "[report][projection][files]") {
  const std::string id = new_id().to_string();
  const std::vector<messaging::Event> events{changed(id, 1, 10), changed(id, 2, 20)};
  Desk straight, backwards;
  tell(straight, events);
  tell(backwards, {events[1]});
  tell(backwards, {events[0]});
  for (Desk* desk : {&straight, &backwards}) {
    CHECK(desk->number("SELECT size FROM known_file WHERE version = 2 AND files = 1") == 20);
  }
}

TEST_CASE("what was deleted does not come back by an older state", "[report][projection][files]") {
  const std::string id = new_id().to_string();
  Desk desk;
  tell(desk, {changed(id, 1, 10), deleted(id, 3)});
  tell(desk, {changed(id, 2, 20)});
  CHECK(desk.number("SELECT version FROM known_file WHERE deleted AND owner_id IS NULL AND size "
                    "IS NULL") == 3);
}

TEST_CASE("a task counts its files of all kinds, and may be nobody's",
          "[report][projection][files]") {
  files::TaskCreated message;
  files::Task& task = *message.mutable_task();
  task.set_id(new_id().to_string());
  task.set_created_at("2026-01-30T12:00:00.123Z");
  task.set_version(1);
  task.add_sound_ids(new_id().to_string());
  task.add_photo_ids(new_id().to_string());
  task.set_answer_video_id(new_id().to_string());
  Desk desk;
  tell(desk, {event_of(task.id(), message, 1)});
  CHECK(desk.number("SELECT files FROM known_file WHERE kind = 'task' AND owner_id IS NULL") == 3);
}
