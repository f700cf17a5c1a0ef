#include "services/file/direct/direct_api.hpp"

#include "libs/log/log.hpp"
#include "services/file/direct/document_routes.hpp"
#include "services/file/direct/send_file.hpp"
#include "services/file/direct/task_routes.hpp"

namespace waybill::file::direct {
namespace {

// What a form has beside its file.
constexpr std::uint64_t kFormRoom = 1024 * 1024;

}  // namespace

DirectApi::DirectApi(boost::asio::io_context& io, const Options& options, const links::Links& links,
                     blob::Store& store, pg::Options database, RunOnce run_once)
    : desk_{io, options, links, store, std::move(database), std::move(run_once)} {
  const std::uint64_t document = options.document_bytes + kFormRoom;
  routes_.add("POST", "/v1/tasks", {&create_task, options.form.bytes});
  routes_.add("GET", "/v1/files/{id}", {&send_linked});
  routes_.add("POST", "/v1/documents", {&create_document, document});
  routes_.add("GET", "/v1/documents/{id}/content", {&send_content});
  routes_.add("PUT", "/v1/documents/{id}/content", {&replace_content, document});
  routes_.add("POST", "/v1/documents/{id}/links", {&create_link});
  routes_.add("POST", "/uploads", {&create_upload, document});
}

std::optional<std::uint64_t> DirectApi::streams(const web::Request& request) const {
  const auto match = routes_.match(request.method, request.path);
  if (!match.value || match.value->most_bytes == 0) return std::nullopt;
  return match.value->most_bytes;
}

web::awaitable<web::Response> DirectApi::handle(web::Request& request) {
  const auto match = routes_.match(request.method, request.path);
  if (!match.value) co_return web::problem_response(not_found("There is no such path."), request);
  const Route route = match.value->route;
  web::Visit visit{meters_.of(request.method, match.route)};
  std::string trouble;
  try {
    auto response = co_await route(desk_, request, match.params);
    visit.answered(response.status);
    co_return response;
  } catch (const web::BodyBroken& broken) {
    visit.failed("body-broken", broken.status() ? broken.status() : 400);
    throw;  // the server answers
  } catch (const pg::TransientError& error) {
    trouble = error.what();
  } catch (const blob::StoreError& error) {
    trouble = error.what();
  }
  const log::Scope scope{request.trace};
  log::warn("file.unavailable", {{"path", request.path}, {"reason", trouble}});
  visit.answered(503);
  co_return web::problem_response(unavailable("This can't be done at the moment."), request);
}

}  // namespace waybill::file::direct
