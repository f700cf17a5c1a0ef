#include "services/file/store/tasks.hpp"

#include "services/file/events/task_events.hpp"
#include "services/file/links/task_view.hpp"
#include "services/file/queries/parameters.hpp"
#include "services/file/queries/queries.hpp"
#include "services/file/store/listing.hpp"

namespace waybill::file::queries {
namespace {

namespace json = boost::json;

Fault no_task() {
  return not_found("There is no such task.");
}

// Links and answers are for whoever asked, and for now.
web::Response unkept(web::Response response) {
  response.headers.set("Cache-Control", "private, no-store");
  return response;
}

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> found;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    found.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return found;
}

// The gateway has checked the forms of all parameters.
store::TaskFilter read_filter(const web::Request& request) {
  store::TaskFilter filter;
  filter.exams = words(request.query_value("exam"));
  filter.subjects = words(request.query_value("subject"));
  filter.difficulties = words(request.query_value("difficult"));
  filter.has = words(request.query_value("has"));
  filter.number_from = read_number(request.query_value("number_from"));
  filter.number_to = read_number(request.query_value("number_to"));
  if (const auto only = read_number(request.query_value("exam_task_number"))) {
    filter.number_from = std::max(*only, filter.number_from.value_or(*only));
    filter.number_to = std::min(*only, filter.number_to.value_or(*only));
  }
  filter.created_from = parse_rfc3339(request.query_value("created_from"));
  filter.created_to = parse_rfc3339(request.query_value("created_to"));
  return filter;
}

store::TaskSort read_sort(std::string_view text) {
  if (text.empty()) return {};
  const bool descending = text.starts_with('-');
  return {text.ends_with("exam_task_number"), descending};
}

struct Tasks {
  const links::Links& links;

  web::Response one(const domain::Task& task, const runtime::Query& query) const {
    const bool with_answer = links::wants_answer(query.request, query.caller);
    return unkept(
        web::json_response(200, links::task_view(events::to_message(task), links, with_answer)));
  }

  Result<web::Response> find(pg::Session& session, const runtime::Query& query) const {
    const auto task = store::find_task(session, query.id());
    if (!task) return no_task();
    return one(*task, query);
  }

  Result<web::Response> list(pg::Session& session, const runtime::Query& query) const {
    for (const auto& [name, value] : query.request.query) {
      if (name != "find_code") continue;
      const auto task = store::find_task_by_code(session, value);
      if (!task) return no_task();
      return one(*task, query);
    }
    return page(session, query);
  }

  Result<web::Response> page(pg::Session& session, const runtime::Query& query) const {
    const auto cursor = runtime::decode_cursor(query.request);
    if (!cursor) return cursor.error();
    const std::int64_t limit = read_limit(query.request);
    const store::TaskFilter filter = read_filter(query.request);
    const store::TaskSort sort = read_sort(query.request.query_value("sort"));
    auto tasks = store::list_tasks(session, filter, sort, *cursor, limit + 1);
    if (!tasks) return bad_cursor();
    runtime::Page page;
    if (std::ssize(*tasks) > limit) {
      tasks->pop_back();
      page.next = runtime::encode_cursor(store::cursor_after(tasks->back(), sort), query.request);
    }
    const bool with_answer = links::wants_answer(query.request, query.caller);
    for (const domain::Task& task : *tasks) {
      page.items.push_back(
          json::serialize(links::task_view(events::to_message(task), links, with_answer)));
    }
    if (query.request.query_value("with_total") == "true") {
      page.total = store::count_tasks(session, filter);
    }
    return unkept(runtime::page_response(page, query.request));
  }
};

}  // namespace

void add_task_queries(runtime::Queries& queries, const links::Links& links) {
  const Tasks tasks{links};
  queries.get("/v1/tasks", [tasks](pg::Session& session, const runtime::Query& query) {
    return tasks.list(session, query);
  });
  queries.get("/v1/tasks/{id}", [tasks](pg::Session& session, const runtime::Query& query) {
    return tasks.find(session, query);
  });
}

}  // namespace waybill::file::queries
