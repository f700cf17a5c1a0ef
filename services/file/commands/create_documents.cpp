#include "services/file/commands/document_batch.hpp"
#include "services/file/events/document_events.hpp"
#include "services/file/store/files.hpp"
#include "services/file/store/uploads.hpp"

namespace waybill::file::commands {
namespace {

using outbox::Outcome;

// Types that come with their first document get their ids in this name space (RFC 9562, section
// 5.5); the value is arbitrary and must never change.
const Id kTypes = *Id::parse("1d7c7c1e-5c39-5e0b-8f60-6a2f43a8b0d4");

// What a new document is made of, whichever way its bytes came.
struct Wish {
  Id owner_id;
  std::optional<Id> type_id;
  std::string type;  // without type_id
  std::string name;
};

template <class Message>
Result<Wish> read_wish(const outbox::Command<Message>& command) {
  const Message& body = command.body;
  const auto owner = domain::owner_of(command.cause.caller);
  if (!owner) return owner.error();
  auto name = domain::read_document_name(body.name());
  if (!name) return name.error();
  Wish wish{*owner, std::nullopt, {}, std::move(*name)};
  if (body.has_type_id() == body.has_type()) {
    boost::json::array errors{domain::field_error("type_id", "give this or type")};
    return invalid("A document has one type.", {{"errors", std::move(errors)}});
  }
  if (body.has_type_id()) {
    wish.type_id = id_or_none(body.type_id());
    return wish;
  }
  auto type = domain::read_type_name(body.type());
  if (!type) return type.error();
  wish.type = std::move(*type);
  return wish;
}

// The type, which may be one that is yet to be made: with the id that it would have.
struct WishedType {
  domain::DocumentType type;
  bool is_new = false;
};

Result<WishedType> find_type(pg::Tx& tx, const Wish& wish, const outbox::Cause& cause,
                             Instant now) {
  auto known = wish.type_id ? store::find_type(tx, *wish.type_id)
                            : store::find_type(tx, wish.owner_id, wish.type);
  if (known && known->owner_id == wish.owner_id) return WishedType{std::move(*known), false};
  if (wish.type_id) return not_found("There is no such type.");
  const Id id = derive_id(kTypes, cause.command_id.to_string());
  return WishedType{{id, wish.owner_id, wish.type, 0, now}, true};
}

Result<void> check_limits(pg::Tx& tx, const WishedType& type,
                          const domain::DocumentLimits& limits) {
  const store::Kept kept = store::count_kept(tx, type.type.owner_id);
  if (kept.documents >= limits.documents) {
    return domain::limit_reached("documents", limits.documents);
  }
  if (type.is_new && kept.types >= limits.types) {
    return domain::limit_reached("types of documents", limits.types);
  }
  return {};
}

Outcome created(const domain::Document& document) {
  return Outcome::created(events::representation(document),
                          "/v1/documents/" + document.id.to_string(), document.version);
}

Outcome insert(pg::Tx& tx, const Wish& wish, const WishedType& type, domain::File file,
               const outbox::Cause& cause, Instant now, outbox::Writer& out) {
  domain::Document document;
  document.id = cause.command_id;
  document.owner_id = wish.owner_id;
  document.type_id = type.type.id;
  document.type = type.type.name;
  document.name = wish.name;
  document.file = std::move(file);
  document.created_at = now;
  if (type.is_new) store::insert_type(tx, type.type);
  store::insert_document(tx, document);
  events::tell_changed(out, document, cause);
  return created(document);
}

Result<Outcome> create(pg::Tx& tx, const outbox::Command<v1::CreateDocument>& command,
                       const domain::DocumentLimits& limits, outbox::Writer& out) {
  const auto before = store::find_made_document(tx, command.id());
  if (before) return created(*before);
  const auto wish = read_wish(command);
  if (!wish) return wish.error();
  const auto type = find_type(tx, *wish, command.cause, command.now);
  if (!type) return type.error();
  const auto taken = store::find_document(tx, wish->owner_id, type->type.id, wish->name);
  if (taken) return domain::name_taken(*taken);
  const auto room = check_limits(tx, *type, limits);
  if (!room) return room.error();
  auto file = read_stored(tx, command.body.file());
  if (!file) return file.error();
  store::insert_files(tx, {&*file, 1}, command.now);
  return insert(tx, *wish, *type, std::move(*file), command.cause, command.now, out);
}

Result<Outcome> add(pg::Tx& tx, const outbox::Command<v1::AddDocument>& command,
                    const domain::DocumentLimits& limits, outbox::Writer& out) {
  const auto before = store::find_made_document(tx, command.id());
  if (before) return created(*before);
  const auto wish = read_wish(command);
  if (!wish) return wish.error();
  const std::string_view wrong = domain::wrong_file_name(command.body.file_name());
  if (!wrong.empty()) return invalid(std::string{wrong});
  const auto type = find_type(tx, *wish, command.cause, command.now);
  if (!type) return type.error();
  const auto taken = store::find_document(tx, wish->owner_id, type->type.id, wish->name);
  if (taken && !command.body.replace()) return domain::name_taken(*taken);
  const auto room = check_limits(tx, *type, limits);
  if (!taken && !room) return room.error();
  auto file =
      store::lock_upload(tx, id_or_none(command.body.upload_id()), wish->owner_id, command.now);
  if (!file) {
    return unprocessable("upload-unknown", "There is no such upload, or it was not used in time.");
  }
  file->file_name = command.body.file_name();
  store::take_upload(tx, *file);
  if (taken) return add_version(tx, *taken, std::move(*file), command.cause, command.now, out);
  return insert(tx, *wish, *type, std::move(*file), command.cause, command.now, out);
}

}  // namespace

Outcomes CreateDocuments::operator()(pg::Tx& tx, Batch<v1::CreateDocument> batch,
                                     outbox::Writer& out) const {
  lock_callers(tx, batch);
  return one_by_one(tx, batch, out, [this](pg::Tx& in, const auto& command, outbox::Writer& told) {
    return create(in, command, limits, told);
  });
}

Outcomes AddDocuments::operator()(pg::Tx& tx, Batch<v1::AddDocument> batch,
                                  outbox::Writer& out) const {
  lock_callers(tx, batch);
  return one_by_one(tx, batch, out, [this](pg::Tx& in, const auto& command, outbox::Writer& told) {
    return add(in, command, limits, told);
  });
}

}  // namespace waybill::file::commands
