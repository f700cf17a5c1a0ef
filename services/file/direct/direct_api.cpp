#include "services/file/direct/direct_api.hpp"

#include "libs/contract/json.hpp"
#include "libs/core/digest.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/gateway_request.hpp"
#include "libs/web/download.hpp"
#include "services/file/commands/commands.hpp"
#include "services/file/direct/file_stream.hpp"
#include "services/file/links/task_view.hpp"
#include "services/file/store/files.hpp"

namespace waybill::file::direct {
namespace {

using runtime::caller_of;
using runtime::cause_of;

// Idempotency keys of uploads become command ids in this name space (RFC 9562, section 5.5); the
// value is arbitrary and must never change.
const Id kCommands = *Id::parse("8f4f1a52-6a0d-5a4f-9c11-0b7c1e5d2a63");
// Files get their ids from the command that makes them.
const Id kFiles = *Id::parse("c6c1a0a9-2a44-5b11-8a39-6d0b6f1f7e24");

v1::CreateTask to_command(const domain::Task& task, const Id& command_id) {
  v1::CreateTask body;
  body.set_exam(task.exam);
  body.set_subject(task.subject);
  body.set_exam_task_number(task.exam_task_number);
  body.set_difficult(task.difficult);
  body.set_condition(task.condition);
  body.set_answer(task.answer);
  for (const domain::File& file : task.files) {
    v1::StoredFile& stored = *body.add_files();
    stored.set_id(derive_id(kFiles, fmt::format("{} {}", command_id.to_string(), body.files_size()))
                      .to_string());
    stored.set_kind(file.kind);
    stored.set_sha256(file.sha256);
    stored.set_size(file.size);
    stored.set_content_type(file.content_type);
    stored.set_file_name(file.file_name);
  }
  return body;
}

void count_refused(const std::string& reason) {
  metrics::counter("tasks_refused_total", "Tasks that were not created.", {{"reason", reason}})
      .add();
}

web::Response refusal(const Fault& fault, const web::Request& request) {
  web::Response response = web::problem_response(fault, request);
  if (response.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

// Status and body of the command's outcome, with the links that the inbox does not keep.
web::Response created(const common::v1::Outcome& outcome, const links::Links& links) {
  web::Response response{outcome.status(), "application/problem+json", outcome.body()};
  if (outcome.status() == 503) response.headers.set("Retry-After", "1");
  if (outcome.status() >= 400) return response;
  v1::Task task;
  const auto json = boost::json::parse(outcome.body());
  if (!contract::from_json(json.as_object(), task)) throw std::logic_error("no task in the inbox");
  response = web::json_response(outcome.status(), links::created_view(task, links));
  response.headers.set("Location", outcome.location());
  response.headers.set("Cache-Control", "private, no-store");
  return response;
}

}  // namespace

DirectApi::DirectApi(boost::asio::io_context& io, const Options& options, const links::Links& links,
                     blob::Store& store, pg::Options database, RunOnce run_once)
    : options_{options},
      links_{links},
      store_{store},
      run_once_{std::move(run_once)},
      connections_{std::move(database), options.threads},
      uploads_{io,
               {.at_work = options.uploads, .in_line = options.uploads, .patience = seconds{2}}},
      downloads_{
          io, {.at_work = options.downloads, .in_line = options.downloads, .patience = seconds{2}}},
      threads_{options.threads} {
  routes_.add("POST", "/v1/tasks", &DirectApi::create_task);
  routes_.add("GET", "/v1/files/{id}", &DirectApi::send_file);
}

DirectApi::~DirectApi() {
  threads_.stop();
  threads_.join();
}

std::optional<std::uint64_t> DirectApi::streams(const web::Request& request) const {
  if (request.path == "/v1/tasks" && request.method == "POST") return options_.form.bytes;
  return std::nullopt;
}

web::awaitable<web::Response> DirectApi::handle(web::Request& request) {
  const auto match = routes_.match(request.method, request.path);
  if (!match.value) co_return web::problem_response(not_found("There is no such path."), request);
  const Route route = *match.value;
  std::string trouble;
  try {
    auto response = co_await (this->*route)(request, match.params);
    co_return response;
  } catch (const pg::TransientError& error) {
    trouble = error.what();
  } catch (const blob::StoreError& error) {
    trouble = error.what();
  }
  const log::Scope scope{request.trace};
  log::warn("file.unavailable", {{"path", request.path}, {"reason", trouble}});
  co_return web::problem_response(unavailable("This can't be done at the moment."), request);
}

web::awaitable<web::Response> DirectApi::create_task(web::Request& request,
                                                     const web::PathParams&) {
  if (!options_.tasks_are_open && caller_of(request).role == Role::nobody) {
    const Fault fault{FaultKind::unauthenticated, "unauthenticated", "Sign in first.", {}};
    co_return refusal(fault, request);
  }
  const auto pass = co_await uploads_.enter(request.deadline);
  if (!pass) co_return refusal(unavailable("Too many uploads at the moment."), request);
  uploads::TaskForm form{{threads_, store_, connections_}, options_.form};
  const auto task = co_await read_task(request, form);
  if (!task) {
    count_refused(task.error().code);
    co_return refusal(task.error(), request);
  }
  web::Response response = co_await store_task(request, *task, form.fingerprint());
  co_return response;
}

web::awaitable<Result<domain::Task>> DirectApi::read_task(web::Request& request,
                                                          uploads::TaskForm& form) {
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

web::awaitable<web::Response> DirectApi::store_task(const web::Request& request,
                                                    const domain::Task& task,
                                                    const std::string& fingerprint) {
  const outbox::DirectCommand command{
      v1::CreateTask::descriptor()->full_name(),
      request.headers.has("Idempotency-Key") ? sha256_hex(fingerprint) : "",
      cause_of(request, kCommands)};
  auto work = [&] {
    const log::Scope scope{request.trace};
    outbox::Command<v1::CreateTask> create;
    create.cause = command.cause;
    create.body = to_command(task, command.cause.command_id);
    create.now = now();
    auto connection = connections_.take();
    return run_once_(*connection, command, [&](pg::Tx& tx, outbox::Writer& out) {
      return commands::create_tasks(tx, {&create, 1}, out).front();
    });
  };
  const auto outcome = co_await async::offload(threads_, work);
  if (outcome.status() < 400) {
    metrics::counter("tasks_created_total", "Tasks created.",
                     {{"exam", task.exam}, {"subject", task.subject}})
        .add();
  }
  co_return created(outcome, links_);
}

web::awaitable<web::Response> DirectApi::send_file(web::Request& request,
                                                   const web::PathParams& params) {
  const auto id = Id::parse(web::param(params, "id"));
  if (!id) co_return refusal(not_found("There is no such file."), request);
  const auto disposition = links_.check(request, *id, now());
  if (!disposition) co_return refusal(disposition.error(), request);
  auto find = [this, &id] {
    auto connection = connections_.take();
    pg::Session session{*connection};
    return store::find_file(session, *id);
  };
  const auto file = co_await async::offload(threads_, find);
  if (!file) co_return refusal(not_found("There is no such file."), request);
  web::Response response = co_await send(request, *file, *disposition);
  co_return response;
}

web::awaitable<web::Response> DirectApi::send(const web::Request& request, const domain::File& file,
                                              links::Disposition disposition) {
  const auto size = static_cast<std::uint64_t>(file.size);
  const std::string etag = '"' + file.sha256 + '"';
  const web::Slice slice = web::choose_slice(request, size, etag);
  if (slice.status == 412) co_return refusal(stale(), request);
  web::Response response{slice.status, file.content_type, ""};
  web::add_slice_headers(slice, size, etag, response.headers);
  // A link is for whoever has it; what it leads to never changes.
  response.headers.set("Cache-Control", "private, no-cache");
  if (slice.status == 304 || slice.status == 416) co_return response;
  const bool is_shown =
      disposition == links::Disposition::as_stored && domain::may_be_shown(file.content_type);
  response.headers.set("Content-Disposition", web::content_disposition(!is_shown, file.file_name));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  if (slice.length == 0) co_return response;
  auto entered = co_await downloads_.enter(request.deadline);
  const auto pass = std::make_shared<async::Gate::Pass>(std::move(entered));
  if (!*pass) co_return refusal(unavailable("Too many downloads at the moment."), request);
  auto open = [&] { return store_.open(store::blob_key(file.sha256), slice.first, slice.length); };
  auto download = co_await async::offload(threads_, open);
  if (!download) {
    log::error("file.bytes-missing", {{"file_id", file.id}, {"sha256", file.sha256}});
    co_return refusal(not_found("There is no such file."), request);
  }
  response.stream = std::make_shared<FileStream>(threads_, std::move(download), pass);
  co_return response;
}

}  // namespace waybill::file::direct
