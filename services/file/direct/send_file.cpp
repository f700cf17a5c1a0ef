#include "services/file/direct/send_file.hpp"

#include "libs/log/log.hpp"
#include "libs/web/download.hpp"
#include "services/file/direct/file_stream.hpp"
#include "services/file/store/files.hpp"
#include "services/file/uploads/raw_body.hpp"

namespace waybill::file::direct {
namespace {

Fault no_file() {
  return not_found("There is no such file.");
}

void add_safety(web::Headers& headers) {
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
}

}  // namespace

web::awaitable<web::Response> send_file(Desk& desk, const web::Request& request,
                                        const domain::File& file, links::Disposition disposition) {
  const auto size = static_cast<std::uint64_t>(file.size);
  const std::string etag = '"' + file.sha256 + '"';
  const web::Slice slice = web::choose_slice(request, size, etag);
  if (slice.status == 412) co_return web::problem_response(stale(), request);
  web::Response response{slice.status, file.content_type, ""};
  web::add_slice_headers(slice, size, etag, response.headers);
  // It is for whoever may ask, and never changes under its ETag.
  response.headers.set("Cache-Control", "private, no-cache");
  if (slice.status == 304 || slice.status == 416) co_return response;
  const bool is_shown =
      disposition == links::Disposition::as_stored && domain::may_be_shown(file.content_type);
  response.headers.set("Content-Disposition", web::content_disposition(!is_shown, file.file_name));
  response.headers.set("Repr-Digest", uploads::repr_digest(file.sha256));
  add_safety(response.headers);
  if (slice.length == 0) co_return response;
  auto entered = co_await desk.downloads.enter(request.deadline);
  const auto pass = std::make_shared<async::Gate::Pass>(std::move(entered));
  if (!*pass)
    co_return web::problem_response(unavailable("Too many downloads at the moment."), request);
  auto open = [&] {
    return desk.store.open(store::blob_key(file.sha256), slice.first, slice.length);
  };
  auto download = co_await async::offload(desk.threads, open);
  if (!download) {
    log::error("file.bytes-missing", {{"file_id", file.id}, {"sha256", file.sha256}});
    co_return web::problem_response(no_file(), request);
  }
  response.stream = std::make_shared<FileStream>(desk.threads, std::move(download), pass);
  co_return response;
}

web::awaitable<web::Response> send_linked(Desk& desk, web::Request& request,
                                          const web::PathParams& params) {
  const auto id = Id::parse(web::param(params, "id"));
  if (!id) co_return web::problem_response(no_file(), request);
  const auto disposition = desk.links.check(request, *id, now());
  if (!disposition) co_return web::problem_response(disposition.error(), request);
  auto find = [&] {
    auto connection = desk.connections.take();
    pg::Session session{*connection};
    return store::find_file(session, *id);
  };
  const auto file = co_await async::offload(desk.threads, find);
  if (!file) co_return web::problem_response(no_file(), request);
  web::Response response = co_await send_file(desk, request, *file, *disposition);
  co_return response;
}

}  // namespace waybill::file::direct
