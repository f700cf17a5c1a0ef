#include "services/file/store/documents.hpp"

#include <limits>

#include "libs/contract/json.hpp"
#include "services/file/events/document_events.hpp"
#include "services/file/queries/parameters.hpp"
#include "services/file/queries/queries.hpp"
#include "services/file/store/document_listing.hpp"
#include "waybill/file/v1/commands.pb.h"

namespace waybill::file::queries {
namespace {

store::DocumentSort read_sort(const web::Request& request) {
  std::string_view text = request.query_value("sort");
  if (text.empty()) return {};
  const bool descending = text.starts_with('-');
  if (descending) text.remove_prefix(1);
  return {std::string{text}, descending};
}

// A page of what one more than the limit was asked for.
template <class T>
runtime::Page page_of(std::vector<T> found, const store::DocumentSort& sort,
                      const web::Request& request) {
  runtime::Page page;
  const std::int64_t limit = read_limit(request);
  if (std::ssize(found) > limit) {
    found.resize(static_cast<std::size_t>(limit));
    page.next = runtime::encode_cursor(store::cursor_after(found.back(), sort), request);
  }
  for (const T& one : found) page.items.push_back(events::representation(one));
  return page;
}

bool wants_total(const web::Request& request) {
  return request.query_value("with_total") == "true";
}

// Whose documents: nullopt for everybody's.
Result<std::optional<Id>> read_owner(const runtime::Query& query) {
  const std::string_view text = query.request.query_value("owner_id");
  const std::optional<Id> named = text.empty() ? std::nullopt : Id::parse(text);
  if (query.caller.is_staff()) return named;
  if (!query.caller.user || (named && named != query.caller.user)) {
    return forbidden("Customers see their own documents only.");
  }
  return query.caller.user;
}

Result<web::Response> list_documents(pg::Session& session, const runtime::Query& query) {
  const web::Request& request = query.request;
  const auto owner = read_owner(query);
  if (!owner) return owner.error();
  const auto cursor = runtime::decode_cursor(request);
  if (!cursor) return cursor.error();
  store::DocumentFilter filter;
  filter.owner_id = *owner;
  filter.type_id = Id::parse(request.query_value("type_id"));
  const std::string_view name = request.query_value("name");
  if (!name.empty()) filter.name = std::string{name};
  filter.created_from = parse_rfc3339(request.query_value("created_from"));
  filter.created_to = parse_rfc3339(request.query_value("created_to"));
  const store::DocumentSort sort = read_sort(request);
  auto found = store::list_documents(session, filter, sort, *cursor, read_limit(request) + 1);
  if (!found) return bad_cursor();
  runtime::Page page = page_of(std::move(*found), sort, request);
  if (wants_total(request)) page.total = store::count_documents(session, filter);
  return runtime::page_response(page, request);
}

Result<web::Response> list_types(pg::Session& session, const runtime::Query& query) {
  const web::Request& request = query.request;
  const auto cursor = runtime::decode_cursor(request);
  if (!cursor) return cursor.error();
  const Id owner = query.caller.user.value_or(Id{});  // who is no account has none
  const store::DocumentSort sort = read_sort(request);
  auto found = store::list_types(session, owner, sort, *cursor, read_limit(request) + 1);
  if (!found) return bad_cursor();
  runtime::Page page = page_of(std::move(*found), sort, request);
  if (wants_total(request)) page.total = store::count_types(session, owner);
  return runtime::page_response(page, request);
}

// Somebody else's is not found.
Result<domain::Document> find_visible(pg::Session& session, const Id& id, const Caller& caller) {
  auto document = store::find_document(session, id);
  if (!document || !caller.may_act_for(document->owner_id)) return domain::no_document();
  return std::move(*document);
}

Result<web::Response> find_document(pg::Session& session, const runtime::Query& query) {
  const auto document = find_visible(session, query.id(), query.caller);
  if (!document) return document.error();
  return runtime::representation(events::representation(*document), document->version,
                                 document->owner_id.to_string());
}

Result<web::Response> list_versions(pg::Session& session, const runtime::Query& query) {
  const web::Request& request = query.request;
  const auto document = find_visible(session, query.id(), query.caller);
  if (!document) return document.error();
  const auto cursor = runtime::decode_cursor(request);
  if (!cursor) return cursor.error();
  std::optional<std::int64_t> before = std::numeric_limits<std::int64_t>::max();
  if (*cursor) before = read_number((*cursor)->sort_key);
  if (!before) return bad_cursor();
  const std::int64_t limit = read_limit(request);
  auto found = store::list_versions(session, document->id, *before, limit + 1);
  runtime::Page page;
  if (std::ssize(found) > limit) {
    found.pop_back();
    const runtime::Cursor next{std::to_string(found.back().version), document->id};
    page.next = runtime::encode_cursor(next, request);
  }
  for (const domain::Version& version : found) {
    page.items.push_back(events::representation(version));
  }
  if (wants_total(request)) page.total = store::count_versions(session, document->id);
  web::Response response = runtime::page_response(page, request);
  response.headers.set("Waybill-Owner", document->owner_id.to_string());
  return response;
}

// ---- over the queue

constexpr std::chrono::minutes kInnerLife{10};

// A question as its HTTP twin would be asked.
struct Asked {
  Asked(const outbox::Cause& cause, std::string path) : caller{cause.caller} {
    request.method = "GET";
    request.path = std::move(path);
    request.trace = cause.trace;
  }
  void give(const std::string& name, std::string value) {
    request.query.emplace_back(name, std::move(value));
  }
  outbox::Outcome by(Result<web::Response> (*handler)(pg::Session&, const runtime::Query&),
                     pg::Session& session) const {
    const auto response = handler(session, {request, params, caller});
    if (!response) return outbox::Outcome::refused(response.error());
    return outbox::Outcome::ok(response->body);
  }

  web::Request request;
  web::PathParams params;
  Caller caller;
};

template <class Message>
void give_page(Asked& asked, const Message& message) {
  if (message.has_limit()) asked.give("limit", std::to_string(std::clamp(message.limit(), 1, 100)));
  if (message.has_cursor()) asked.give("cursor", message.cursor());
}

outbox::Outcome query_types(pg::Session& session,
                            const outbox::Command<v1::QueryDocumentTypes>& question) {
  Asked asked{question.cause, "/v1/document-types"};
  give_page(asked, question.body);
  asked.give("sort", question.body.has_sort() ? question.body.sort() : "-documents");
  return asked.by(list_types, session);
}

outbox::Outcome query_documents(pg::Session& session,
                                const outbox::Command<v1::QueryDocuments>& question) {
  const auto type_id = Id::parse(question.body.type_id());
  const auto type = type_id ? store::find_type(session, *type_id) : std::nullopt;
  if (!type || !question.cause.caller.may_act_for(type->owner_id)) {
    return outbox::Outcome::refused(not_found("There is no such type."));
  }
  Asked asked{question.cause, "/v1/documents"};
  give_page(asked, question.body);
  asked.give("type_id", type->id.to_string());
  return asked.by(list_documents, session);
}

struct GetDocument {
  const links::Links& links;

  outbox::Outcome operator()(pg::Session& session,
                             const outbox::Command<v1::GetDocument>& question) const {
    const Id id = Id::parse(question.body.document_id()).value_or(Id{});
    const auto document = find_visible(session, id, question.cause.caller);
    if (!document) return outbox::Outcome::refused(document.error());
    v1::DocumentWithLinks answer;
    *answer.mutable_document() = events::to_message(*document);
    const Id& file = document->file.id;
    answer.set_inner_path(links.path(file, question.now + kInnerLife));
    const Instant expires = std::chrono::floor<seconds>(question.now + links.life());
    answer.set_url(links.make(file, expires));
    answer.set_expires_at(to_rfc3339(expires));
    return outbox::Outcome::ok(contract::to_json(answer), document->version);
  }
};

}  // namespace

void add_document_queries(runtime::Queries& queries) {
  queries.get("/v1/document-types", list_types);
  queries.get("/v1/documents", list_documents);
  queries.get("/v1/documents/{id}", find_document);
  queries.get("/v1/documents/{id}/versions", list_versions);
}

void add_message_queries(outbox::Handlers& handlers, const links::Links& links) {
  handlers.on_query<v1::QueryDocumentTypes>(query_types);
  handlers.on_query<v1::QueryDocuments>(query_documents);
  handlers.on_query<v1::GetDocument>(GetDocument{links});
}

}  // namespace waybill::file::queries
