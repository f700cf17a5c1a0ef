#include "services/file/events/document_events.hpp"

#include "libs/contract/json.hpp"

namespace waybill::file::events {
namespace {

constexpr std::string_view topic = "waybill.files";

}  // namespace

v1::Document to_message(const domain::Document& document) {
  v1::Document message;
  message.set_id(document.id.to_string());
  message.set_owner_id(document.owner_id.to_string());
  message.set_type_id(document.type_id.to_string());
  message.set_type(document.type);
  message.set_name(document.name);
  message.set_file_name(document.file.file_name);
  message.set_content_type(document.file.content_type);
  message.set_size(document.file.size);
  message.set_sha256(document.file.sha256);
  message.set_version(document.version);
  message.set_created_at(to_rfc3339(document.created_at));
  if (document.updated_at) message.set_updated_at(to_rfc3339(*document.updated_at));
  return message;
}

std::string representation(const domain::Document& document) {
  return contract::to_json(to_message(document));
}

std::string representation(const domain::DocumentType& type) {
  v1::DocumentType message;
  message.set_id(type.id.to_string());
  message.set_owner_id(type.owner_id.to_string());
  message.set_name(type.name);
  message.set_documents(type.documents);
  message.set_created_at(to_rfc3339(type.created_at));
  return contract::to_json(message);
}

std::string representation(const domain::Version& version) {
  v1::DocumentVersion message;
  message.set_version(version.version);
  message.set_size(version.file.size);
  message.set_sha256(version.file.sha256);
  message.set_content_type(version.file.content_type);
  message.set_created_at(to_rfc3339(version.created_at));
  return contract::to_json(message);
}

void tell_changed(outbox::Writer& out, const domain::Document& document,
                  const outbox::Cause& cause) {
  v1::DocumentChanged event;
  *event.mutable_document() = to_message(document);
  event.set_file_id(document.file.id.to_string());
  out.event(topic, document.id, document.version, event, cause);
}

void tell_deleted(outbox::Writer& out, const domain::Document& document,
                  const outbox::Cause& cause) {
  v1::DocumentDeleted event;
  event.set_id(document.id.to_string());
  event.set_owner_id(document.owner_id.to_string());
  event.set_version(document.version);
  out.event(topic, document.id, document.version, event, cause);
}

}  // namespace waybill::file::events
