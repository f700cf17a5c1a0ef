#include "services/file/commands/document_batch.hpp"
#include "services/file/events/document_events.hpp"
#include "services/file/store/files.hpp"

namespace waybill::file::commands {
namespace {

using outbox::Outcome;

Outcome changed(const domain::Document& document) {
  return Outcome::ok(events::representation(document), document.version);
}

// As it is wanted: name and type.
Result<domain::Document> patched(pg::Tx& tx, domain::Document document,
                                 const v1::UpdateDocument& body) {
  if (body.has_name()) {
    auto name = domain::read_document_name(body.name());
    if (!name) return name.error();
    document.name = std::move(*name);
  }
  if (body.has_type_id()) {
    const auto type = store::find_type(tx, id_or_none(body.type_id()));
    if (!type || type->owner_id != document.owner_id) return not_found("There is no such type.");
    document.type_id = type->id;
    document.type = type->name;
  }
  return document;
}

Result<Outcome> update(pg::Tx& tx, const outbox::Command<v1::UpdateDocument>& command,
                       outbox::Writer& out) {
  const auto before = store::find_document(tx, id_or_none(command.body.document_id()));
  const auto allowed =
      domain::check_change(before, command.cause.caller, expected_version(command.body));
  if (!allowed) return allowed.error();
  auto document = patched(tx, *before, command.body);
  if (!document) return document.error();
  const bool same = document->name == before->name && document->type_id == before->type_id;
  if (same) return changed(*before);
  const auto taken =
      store::find_document(tx, document->owner_id, document->type_id, document->name);
  if (taken && taken->id != document->id) return domain::name_taken(*taken);
  ++document->version;
  document->updated_at = command.now;
  store::update_document(tx, *document, before->type_id);
  events::tell_changed(out, *document, command.cause);
  return changed(*document);
}

Result<Outcome> replace(pg::Tx& tx, const outbox::Command<v1::ReplaceContent>& command,
                        outbox::Writer& out) {
  const auto document = store::find_document(tx, id_or_none(command.body.document_id()));
  const auto allowed =
      domain::check_change(document, command.cause.caller, expected_version(command.body));
  if (!allowed) return allowed.error();
  v1::StoredFile stored = command.body.file();
  if (stored.file_name().empty()) stored.set_file_name(document->file.file_name);
  auto file = read_stored(tx, stored);
  if (!file) return file.error();
  store::insert_files(tx, {&*file, 1}, command.now);
  return add_version(tx, *document, std::move(*file), command.cause, command.now, out);
}

Result<Outcome> remove(pg::Tx& tx, const outbox::Command<v1::DeleteDocument>& command,
                       outbox::Writer& out) {
  auto document = store::find_document(tx, id_or_none(command.body.document_id()));
  const auto allowed =
      domain::check_change(document, command.cause.caller, expected_version(command.body));
  if (!allowed) return allowed.error();
  ++document->version;
  store::delete_document(tx, *document, command.now);
  events::tell_deleted(out, *document, command.cause);
  return Outcome::no_content();
}

}  // namespace

Result<domain::File> read_stored(pg::Tx& tx, const v1::StoredFile& stored) {
  const auto id = Id::parse(stored.id());
  const std::string_view wrong =
      id ? domain::wrong_file_name(stored.file_name()) : "a file needs an id";
  if (!wrong.empty()) {
    boost::json::array errors{domain::field_error("file", wrong)};
    return invalid("The file can't be kept.", {{"errors", std::move(errors)}});
  }
  domain::File file;
  file.id = *id;
  file.sha256 = stored.sha256();
  file.size = stored.size();
  file.content_type = stored.content_type();
  file.file_name = stored.file_name();
  if (store::lock_blobs(tx, {&file, 1}).empty()) {
    return unavailable("The upload took too long; send it again.");
  }
  return file;
}

Outcome add_version(pg::Tx& tx, domain::Document document, domain::File file,
                    const outbox::Cause& cause, Instant now, outbox::Writer& out) {
  document.file = std::move(file);
  ++document.version;
  document.updated_at = now;
  store::replace_content(tx, document);
  events::tell_changed(out, document, cause);
  return changed(document);
}

Outcomes update_documents(pg::Tx& tx, Batch<v1::UpdateDocument> batch, outbox::Writer& out) {
  lock_owners_of_documents(tx, batch);
  return one_by_one(tx, batch, out, update);
}

Outcomes replace_content(pg::Tx& tx, Batch<v1::ReplaceContent> batch, outbox::Writer& out) {
  lock_owners_of_documents(tx, batch);
  return one_by_one(tx, batch, out, replace);
}

Outcomes delete_documents(pg::Tx& tx, Batch<v1::DeleteDocument> batch, outbox::Writer& out) {
  lock_owners_of_documents(tx, batch);
  return one_by_one(tx, batch, out, remove);
}

}  // namespace waybill::file::commands
