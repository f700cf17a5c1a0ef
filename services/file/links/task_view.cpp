#include "services/file/links/task_view.hpp"

namespace waybill::file::links {
namespace {

namespace json = boost::json;
using Ids = google::protobuf::RepeatedPtrField<std::string>;

// Null for none, never an empty list.
json::value urls(const Ids& ids, const Links& links) {
  if (ids.empty()) return nullptr;
  json::array list;
  for (const std::string& id : ids) list.emplace_back(links.make(Id::parse(id).value_or(Id{})));
  return list;
}

json::value texts(const Ids& ids) {
  if (ids.empty()) return nullptr;
  json::array list;
  for (const std::string& id : ids) list.emplace_back(id);
  return list;
}

json::value video_url(const v1::Task& task, const Links& links) {
  if (!task.has_answer_video_id()) return nullptr;
  return json::value(links.make(Id::parse(task.answer_video_id()).value_or(Id{})));
}

}  // namespace

bool wants_answer(const web::Request& request, const Caller& caller) {
  const std::string_view said = request.query_value("with_answer");
  return said.empty() ? caller.is_staff() : said == "true";
}

json::object task_view(const v1::Task& task, const Links& links, bool with_answer) {
  json::object view{{"id", task.id()},
                    {"exam", task.exam()},
                    {"subject", task.subject()},
                    {"exam_task_number", task.exam_task_number()},
                    {"difficult", task.difficult()},
                    {"condition", task.condition()},
                    {"find_code", task.find_code()},
                    {"created_at", task.created_at()}};
  view["task_sound_urls"] = urls(task.sound_ids(), links);
  view["task_file_urls"] = urls(task.file_ids(), links);
  view["task_photo_urls"] = urls(task.photo_ids(), links);
  if (!with_answer) return view;
  view["answer"] = task.answer();
  view["answer_video_public_url"] = video_url(task, links);
  return view;
}

json::object created_view(const v1::Task& task, const Links& links) {
  json::object view = task_view(task, links, true);
  view["task_sound_links"] = texts(task.sound_ids());
  view["task_file_links"] = texts(task.file_ids());
  view["task_photo_links"] = texts(task.photo_ids());
  view["answer_video_link"] =
      task.has_answer_video_id() ? json::value(task.answer_video_id()) : json::value(nullptr);
  return view;
}

}  // namespace waybill::file::links
