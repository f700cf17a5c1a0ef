#include "services/file/direct/document_routes.hpp"

#include <charconv>

#include "libs/core/strict_json.hpp"
#include "libs/runtime/gateway_request.hpp"
#include "libs/web/multipart.hpp"
#include "services/file/commands/commands.hpp"
#include "services/file/direct/send_file.hpp"
#include "services/file/store/documents.hpp"
#include "services/file/store/files.hpp"
#include "services/file/store/uploads.hpp"
#include "services/file/uploads/document_form.hpp"
#include "services/file/uploads/raw_body.hpp"

namespace waybill::file::direct {
namespace {

using runtime::caller_of;

constexpr std::string_view kLabel = "document";
constexpr std::int64_t kLinkSeconds = 3'600;
constexpr std::int64_t kMostLinkSeconds = 604'800;

Fault busy() {
  return unavailable("Too many uploads at the moment.");
}

Fault no_form() {
  return {FaultKind::unsupported,
          "unsupported-type",
          "The body must be multipart/form-data with a boundary.",
          {}};
}

// The version that If-Match names (RFC 9110, section 13.1.1); 0, which none has, for what is no
// version.
std::optional<std::int64_t> wanted_version(const web::Request& request) {
  std::string_view tag = request.headers.get("If-Match");
  if (tag.empty() || tag == "*") return std::nullopt;
  std::int64_t version = 0;
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return 0;
  tag = tag.substr(1, tag.size() - 2);
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
  return error == std::errc{} && end == tag.data() + tag.size() ? version : 0;
}

// A form, whose digest may be that of its file or of all of it.
web::awaitable<Result<domain::File>> read_form(web::Request& request, uploads::DocumentForm& form) {
  const auto expected = uploads::read_repr_digest(request.headers.get("Repr-Digest"));
  if (!expected) co_return expected.error();
  auto boundary = web::multipart_boundary(request.headers.get("Content-Type"));
  if (!boundary || !request.source) co_return no_form();
  uploads::DigestedBody body{*request.source};
  web::BodySource& source = *expected ? body : *request.source;
  co_await form.read(source, std::move(*boundary));
  auto file = form.file();
  const bool is_other = file && *expected && **expected != file->sha256;
  if (is_other && **expected != body.sha256()) co_return uploads::digest_mismatch();
  co_return file;
}

bool is_form(const web::Request& request) {
  return request.headers.get("Content-Type").starts_with("multipart/form-data");
}

// The bytes as they are.
web::awaitable<Result<domain::File>> read_bytes(Desk& desk, web::Request& request) {
  const auto expected = uploads::read_repr_digest(request.headers.get("Repr-Digest"));
  if (!expected) co_return expected.error();
  const auto name = uploads::read_file_name(request.headers.get("Content-Disposition"));
  if (!name) co_return name.error();
  if (!request.source) co_return invalid("There is no body.");
  std::optional<std::string> digest = *expected;
  auto file = co_await uploads::read_raw_body(
      desk.workshop(), *request.source, desk.options.document_bytes, std::move(digest), kLabel);
  if (file && *name) file->file_name = **name;
  co_return file;
}

web::awaitable<Result<domain::File>> read_content(Desk& desk, web::Request& request) {
  if (!is_form(request)) {
    auto file = co_await read_bytes(desk, request);
    co_return file;
  }
  uploads::DocumentForm form{desk.workshop(), desk.options.document_bytes, {}};
  auto file = co_await read_form(request, form);
  co_return file;
}

// Somebody else's is not found.
web::awaitable<Result<domain::Document>> find_document(Desk& desk, const web::Request& request,
                                                       const web::PathParams& params) {
  auto find = [&]() -> std::optional<domain::Document> {
    const auto id = Id::parse(web::param(params, "id"));
    if (!id) return std::nullopt;
    auto connection = desk.connections.take();
    pg::Session session{*connection};
    return store::find_document(session, *id);
  };
  auto document = co_await async::offload(desk.threads, find);
  const bool is_visible = document && caller_of(request).may_act_for(document->owner_id);
  if (!is_visible) co_return domain::no_document();
  co_return std::move(*document);
}

std::string fingerprint_of(const domain::File& file) {
  return fmt::format("{} {}\n", file.sha256, file.file_name);
}

v1::CreateDocument to_command(const uploads::DocumentForm& form, const domain::File& file,
                              const Id& command_id) {
  v1::CreateDocument body;
  if (const auto type_id = form.field("type_id")) body.set_type_id(*type_id);
  if (const auto type = form.field("type")) body.set_type(*type);
  body.set_name(form.field("name").value_or(""));
  *body.mutable_file() = to_stored(file, command_id, 1);
  return body;
}

// Seconds; 400.
Result<std::int64_t> read_life(const web::Request& request) {
  if (request.body.empty()) return kLinkSeconds;
  const auto body = parse_json(request.body);
  if (!body) return body.error();
  const auto* object = body->if_object();
  const auto* given = object ? object->if_contains("expires_in") : nullptr;
  if (object && !given) return kLinkSeconds;
  const std::int64_t* life = given ? given->if_int64() : nullptr;
  if (life && *life >= 1 && *life <= kMostLinkSeconds) return *life;
  boost::json::array errors{domain::field_error("expires_in", "must be 1 to 604800 seconds")};
  return invalid("The link can't be made.", {{"errors", std::move(errors)}});
}

// What the inbox keeps: which file, and until when. A repeat makes the same link of it.
web::Response link_response(const common::v1::Outcome& outcome, const links::Links& links) {
  web::Response response = outcome_response(outcome);
  response.headers.set("Cache-Control", "private, no-store");
  if (outcome.status() >= 400) return response;
  const auto kept = boost::json::parse(outcome.body());
  const auto expires = parse_rfc3339(kept.at("expires_at").as_string());
  const auto file = Id::parse(kept.at("file_id").as_string());
  const boost::json::object link{{"url", links.make(file.value(), expires.value())},
                                 {"expires_at", kept.at("expires_at")}};
  response.body = boost::json::serialize(link);
  return response;
}

web::Response upload_response(const domain::File& file, Instant expires) {
  return web::json_response(201, {{"upload_id", file.id.to_string()},
                                  {"size", file.size},
                                  {"sha256", file.sha256},
                                  {"content_type", file.content_type},
                                  {"expires_at", to_rfc3339(expires)}});
}

}  // namespace

web::awaitable<web::Response> create_document(Desk& desk, web::Request& request,
                                              const web::PathParams&) {
  const auto owner = domain::owner_of(caller_of(request));
  if (!owner) co_return web::problem_response(owner.error(), request);
  const auto pass = co_await desk.uploads.enter(request.deadline);
  if (!pass) co_return web::problem_response(busy(), request);
  const std::vector<std::string_view> fields{"type_id", "type", "name"};
  uploads::DocumentForm form{desk.workshop(), desk.options.document_bytes, fields};
  const auto file = co_await read_form(request, form);
  if (!file) co_return web::problem_response(file.error(), request);
  auto work = [&](pg::Tx& tx, outbox::Writer& out, const outbox::Cause& cause) {
    outbox::Command<v1::CreateDocument> create;
    create.cause = cause;
    create.body = to_command(form, *file, cause.command_id);
    create.now = now();
    const commands::CreateDocuments handler{desk.options.documents};
    return handler(tx, {&create, 1}, out).front();
  };
  std::string type = v1::CreateDocument::descriptor()->full_name();
  std::string fingerprint = fingerprint_of(*file);
  for (const std::string_view field : fields) {
    fingerprint += fmt::format("{}: {}\n", field, form.field(field).value_or(""));
  }
  const auto outcome = co_await desk.run(request, std::move(type), fingerprint, work);
  co_return outcome_response(outcome);
}

web::awaitable<web::Response> replace_content(Desk& desk, web::Request& request,
                                              const web::PathParams& params) {
  const auto document = co_await find_document(desk, request, params);
  if (!document) co_return web::problem_response(document.error(), request);
  const auto version = wanted_version(request);
  const bool is_keyed = request.headers.has("Idempotency-Key");
  // Said before the bytes come; the command looks again. A repeat may have changed it itself.
  if (!is_keyed && version && *version != document->version)
    co_return web::problem_response(stale(), request);
  const auto pass = co_await desk.uploads.enter(request.deadline);
  if (!pass) co_return web::problem_response(busy(), request);
  const auto file = co_await read_content(desk, request);
  if (!file) co_return web::problem_response(file.error(), request);
  auto work = [&](pg::Tx& tx, outbox::Writer& out, const outbox::Cause& cause) {
    outbox::Command<v1::ReplaceContent> replace;
    replace.cause = cause;
    replace.body.set_document_id(document->id.to_string());
    if (version) replace.body.set_expected_version(*version);
    *replace.body.mutable_file() = to_stored(*file, cause.command_id, 1);
    replace.now = now();
    return commands::replace_content(tx, {&replace, 1}, out).front();
  };
  std::string type = v1::ReplaceContent::descriptor()->full_name();
  const std::string fingerprint = fingerprint_of(*file) + document->id.to_string();
  const auto outcome = co_await desk.run(request, std::move(type), fingerprint, work);
  co_return outcome_response(outcome);
}

web::awaitable<web::Response> send_content(Desk& desk, web::Request& request,
                                           const web::PathParams& params) {
  const auto document = co_await find_document(desk, request, params);
  if (!document) co_return web::problem_response(document.error(), request);
  const std::string_view asked = request.query_value("version");
  std::int64_t version = document->version;
  std::from_chars(asked.data(), asked.data() + asked.size(), version);
  auto find = [&] {
    auto connection = desk.connections.take();
    pg::Session session{*connection};
    return store::find_version(session, *document, version);
  };
  const auto found = co_await async::offload(desk.threads, find);
  if (!found) co_return web::problem_response(domain::no_document(), request);
  web::Response response =
      co_await send_file(desk, request, found->file, links::Disposition::as_stored);
  co_return response;
}

web::awaitable<web::Response> create_link(Desk& desk, web::Request& request,
                                          const web::PathParams& params) {
  const auto document = co_await find_document(desk, request, params);
  if (!document) co_return web::problem_response(document.error(), request);
  const auto life = read_life(request);
  if (!life) co_return web::problem_response(life.error(), request);
  auto work = [&](pg::Tx&, outbox::Writer&, const outbox::Cause&) {
    const Instant expires = std::chrono::floor<seconds>(now()) + seconds{*life};
    const boost::json::object kept{{"file_id", document->file.id.to_string()},
                                   {"expires_at", to_rfc3339(expires)}};
    outbox::Outcome outcome = outbox::Outcome::ok(boost::json::serialize(kept));
    outcome.status = 201;
    return outcome;
  };
  const std::string fingerprint = fmt::format("{} {}", document->id.to_string(), *life);
  std::string type = v1::CreateLink::descriptor()->full_name();
  const auto outcome = co_await desk.run(request, std::move(type), fingerprint, work);
  co_return link_response(outcome, desk.links);
}

web::awaitable<web::Response> create_upload(Desk& desk, web::Request& request,
                                            const web::PathParams&) {
  const auto owner = domain::owner_of(caller_of(request));
  if (!owner) co_return web::problem_response(owner.error(), request);
  const auto pass = co_await desk.uploads.enter(request.deadline);
  if (!pass) co_return web::problem_response(busy(), request);
  auto file = co_await read_bytes(desk, request);
  if (!file) co_return web::problem_response(file.error(), request);
  file->id = new_id();
  const Instant at = now();
  const Instant expires = at + desk.options.upload_life;
  auto keep = [&] {
    auto connection = desk.connections.take();
    pg::Tx tx{*connection};
    if (store::lock_blobs(tx, {&*file, 1}).empty()) throw blob::StoreError{"swept too early"};
    store::insert_upload(tx, *file, *owner, at, expires);
    tx.commit();
  };
  co_await async::offload(desk.threads, keep);
  co_return upload_response(*file, expires);
}

}  // namespace waybill::file::direct
