// What the handlers of documents and their types have in common: the accounts of a batch are
// locked, then each command is decided by itself.
#pragma once

#include "libs/log/log.hpp"
#include "services/file/commands/commands.hpp"
#include "services/file/store/documents.hpp"

namespace waybill::file::commands {

inline Id id_or_none(const std::string& text) {
  return Id::parse(text).value_or(Id{});
}

// Each of the batch by `decide(tx, command, out)`, which gives an Outcome or its refusal.
template <class Message, class Decide>
Outcomes one_by_one(pg::Tx& tx, Batch<Message> batch, outbox::Writer& out, const Decide& decide) {
  Outcomes outcomes;
  for (const auto& command : batch) {
    Result<outbox::Outcome> outcome = decide(tx, command, out);
    outcomes.push_back(outcome ? std::move(*outcome) : outbox::Outcome::refused(outcome.error()));
    const log::Scope scope{command.cause.trace};
    log::info("document.command", {{"type", command.body.GetTypeName()},
                                   {"command_id", command.id()},
                                   {"status", outcomes.back().status}});
  }
  return outcomes;
}

// The accounts that the callers are.
template <class Message>
void lock_callers(pg::Tx& tx, Batch<Message> batch) {
  std::vector<Id> owners;
  for (const auto& command : batch) {
    if (command.cause.caller.user) owners.push_back(*command.cause.caller.user);
  }
  store::lock_owners(tx, owners);
}

// The accounts whose documents the commands name.
template <class Message>
void lock_owners_of_documents(pg::Tx& tx, Batch<Message> batch) {
  std::vector<Id> ids;
  for (const auto& command : batch) ids.push_back(id_or_none(command.body.document_id()));
  store::lock_owners(tx, store::find_owners_of_documents(tx, ids));
}

template <class Message>
void lock_owners_of_types(pg::Tx& tx, Batch<Message> batch) {
  std::vector<Id> ids;
  for (const auto& command : batch) ids.push_back(id_or_none(command.body.type_id()));
  store::lock_owners(tx, store::find_owners_of_types(tx, ids));
}

template <class Message>
std::optional<std::int64_t> expected_version(const Message& message) {
  if (!message.has_expected_version()) return std::nullopt;
  return message.expected_version();
}

// A file of the document's newest version; 400, or 503 where its bytes were swept in the meantime.
Result<domain::File> read_stored(pg::Tx& tx, const v1::StoredFile& stored);

// The document with these bytes, which are there already, as its newest version.
outbox::Outcome add_version(pg::Tx& tx, domain::Document document, domain::File file,
                            const outbox::Cause& cause, Instant now, outbox::Writer& out);

}  // namespace waybill::file::commands
