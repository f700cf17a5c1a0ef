#include "services/file/direct/task_routes.hpp"

#include "libs/contract/json.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/gateway_request.hpp"
#include "libs/web/multipart.hpp"
#include "services/file/commands/commands.hpp"
#include "services/file/links/task_view.hpp"
#include "waybill/file/v1/events.pb.h"

namespace waybill::file::direct {
namespace {

v1::CreateTask to_command(const domain::Task& task, const Id& command_id) {
  v1::CreateTask body;
  body.set_exam(task.exam);
  body.set_subject(task.subject);
  body.set_exam_task_number(task.exam_task_number);
  body.set_difficult(task.difficult);
  body.set_condition(task.condition);
  body.set_answer(task.answer);
  for (const domain::File& file : task.files) {
    const int n = body.files_size() + 1;
    *body.add_files() = to_stored(file, command_id, n);
  }
  return body;
}

void count_refused(const std::string& reason) {
  metrics::counter("tasks_refused_total", "Tasks that were not created.", {{"reason", reason}})
      .add();
}

// With the links that the inbox does not keep.
web::Response created(const common::v1::Outcome& outcome, const links::Links& links) {
  web::Response response = outcome_response(outcome);
  if (outcome.status() >= 400) return response;
  v1::Task task;
  const auto json = boost::json::parse(outcome.body());
  if (!contract::from_json(json.as_object(), task)) throw std::logic_error("no task in the inbox");
  response.body = boost::json::serialize(links::created_view(task, links));
  response.headers.erase("ETag");
  response.headers.set("Cache-Control", "private, no-store");
  return response;
}

web::awaitable<Result<domain::Task>> read_task(web::Request& request, uploads::TaskForm& form) {
  for (const auto& [name, value] : request.query) form.give(name, value);
  if (request.source) {
    auto boundary = web::multipart_boundary(request.headers.get("Content-Type"));
    if (!boundary) {
      Fault fault{FaultKind::unsupported,
                  "unsupported-type",
                  "The body must be multipart/form-data with a boundary.",
                  {}};
      co_return fault;
    }
    co_await form.read(*request.source, std::move(*boundary));
  }
  co_return form.task();
}

web::awaitable<web::Response> store_task(Desk& desk, const web::Request& request,
                                         const domain::Task& task, const std::string& fingerprint) {
  auto work = [&task](pg::Tx& tx, outbox::Writer& out, const outbox::Cause& cause) {
    outbox::Command<v1::CreateTask> create;
    create.cause = cause;
    create.body = to_command(task, cause.command_id);
    create.now = now();
    return commands::create_tasks(tx, {&create, 1}, out).front();
  };
  std::string type = v1::CreateTask::descriptor()->full_name();
  const auto outcome = co_await desk.run(request, std::move(type), fingerprint, work);
  if (outcome.status() < 400) {
    metrics::counter("tasks_created_total", "Tasks created.",
                     {{"exam", task.exam}, {"subject", task.subject}})
        .add();
  }
  co_return created(outcome, desk.links);
}

}  // namespace

web::awaitable<web::Response> create_task(Desk& desk, web::Request& request,
                                          const web::PathParams&) {
  if (!desk.options.tasks_are_open && runtime::caller_of(request).role == Role::nobody) {
    const Fault fault{FaultKind::unauthenticated, "unauthenticated", "Sign in first.", {}};
    co_return web::problem_response(fault, request);
  }
  const auto pass = co_await desk.uploads.enter(request.deadline);
  if (!pass)
    co_return web::problem_response(unavailable("Too many uploads at the moment."), request);
  uploads::TaskForm form{desk.workshop(), desk.options.form};
  const auto task = co_await read_task(request, form);
  if (!task) {
    count_refused(task.error().code);
    co_return web::problem_response(task.error(), request);
  }
  web::Response response = co_await store_task(desk, request, *task, form.fingerprint());
  co_return response;
}

}  // namespace waybill::file::direct
