#include "services/file/commands/document_batch.hpp"
#include "services/file/events/document_events.hpp"

namespace waybill::file::commands {
namespace {

using outbox::Outcome;

Outcome created(const domain::DocumentType& type) {
  return Outcome::created(events::representation(type),
                          "/v1/document-types/" + type.id.to_string());
}

Result<Outcome> create(pg::Tx& tx, const outbox::Command<v1::CreateDocumentType>& command,
                       const domain::DocumentLimits& limits) {
  const auto before = store::find_made_type(tx, command.id());
  if (before) return created(*before);
  const auto owner = domain::owner_of(command.cause.caller);
  if (!owner) return owner.error();
  auto name = domain::read_type_name(command.body.name());
  if (!name) return name.error();
  const auto taken = store::find_type(tx, *owner, *name);
  if (taken) return domain::type_name_taken(*taken);
  if (store::count_kept(tx, *owner).types >= limits.types) {
    return domain::limit_reached("types of documents", limits.types);
  }
  const domain::DocumentType type{command.id(), *owner, std::move(*name), 0, command.now};
  store::insert_type(tx, type);
  return created(type);
}

// The caller's, or for staff anybody's.
Result<domain::DocumentType> find_own(pg::Tx& tx, const std::string& id, const Caller& caller) {
  auto type = store::find_type(tx, id_or_none(id));
  if (!type || !caller.may_act_for(type->owner_id)) return not_found();
  return std::move(*type);
}

Result<Outcome> update(pg::Tx& tx, const outbox::Command<v1::UpdateDocumentType>& command,
                       outbox::Writer&) {
  auto type = find_own(tx, command.body.type_id(), command.cause.caller);
  if (!type) return type.error();
  if (!command.body.has_name()) return Outcome::ok(events::representation(*type));
  auto name = domain::read_type_name(command.body.name());
  if (!name) return name.error();
  const auto taken = store::find_type(tx, type->owner_id, *name);
  if (taken && taken->id != type->id) return domain::type_name_taken(*taken);
  type->name = std::move(*name);
  store::rename_type(tx, *type);
  return Outcome::ok(events::representation(*type));
}

Result<Outcome> remove(pg::Tx& tx, const outbox::Command<v1::DeleteDocumentType>& command,
                       outbox::Writer&) {
  const auto type = find_own(tx, command.body.type_id(), command.cause.caller);
  if (!type) return type.error();
  if (type->documents > 0) {
    return conflict("not-empty", "The type has documents.", {{"documents", type->documents}});
  }
  store::delete_type(tx, *type, command.now);
  return Outcome::no_content();
}

}  // namespace

Outcomes CreateTypes::operator()(pg::Tx& tx, Batch<v1::CreateDocumentType> batch,
                                 outbox::Writer& out) const {
  lock_callers(tx, batch);
  return one_by_one(tx, batch, out, [this](pg::Tx& in, const auto& command, outbox::Writer&) {
    return create(in, command, limits);
  });
}

Outcomes update_types(pg::Tx& tx, Batch<v1::UpdateDocumentType> batch, outbox::Writer& out) {
  lock_owners_of_types(tx, batch);
  return one_by_one(tx, batch, out, update);
}

Outcomes delete_types(pg::Tx& tx, Batch<v1::DeleteDocumentType> batch, outbox::Writer& out) {
  lock_owners_of_types(tx, batch);
  return one_by_one(tx, batch, out, remove);
}

}  // namespace waybill::file::commands
