// Documents and their types in the database. What changes something of an account is called with
// the account locked (lock_owners): nobody else's change comes between looking and writing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/file/domain/document.hpp"

namespace waybill::file::store {

// Until the transaction ends.
void lock_owners(pg::Tx& tx, const std::vector<Id>& owners);
// Of those that are there, deleted ones included.
std::vector<Id> find_owners_of_documents(pg::Tx& tx, const std::vector<Id>& documents);
std::vector<Id> find_owners_of_types(pg::Tx& tx, const std::vector<Id>& types);

// How much an account keeps.
struct Kept {
  std::int64_t types = 0;
  std::int64_t documents = 0;
};
Kept count_kept(pg::Tx& tx, const Id& owner);

// Not deleted ones.
std::optional<domain::DocumentType> find_type(pg::Tx& tx, const Id& id);
std::optional<domain::DocumentType> find_type(pg::Session& session, const Id& id);
std::optional<domain::DocumentType> find_type(pg::Tx& tx, const Id& owner, const std::string& name);
// Deleted ones too: what a command made before.
std::optional<domain::DocumentType> find_made_type(pg::Tx& tx, const Id& id);
void insert_type(pg::Tx& tx, const domain::DocumentType& type);
void rename_type(pg::Tx& tx, const domain::DocumentType& type);
void delete_type(pg::Tx& tx, const domain::DocumentType& type, Instant at);

// Not deleted ones.
std::optional<domain::Document> find_document(pg::Tx& tx, const Id& id);
std::optional<domain::Document> find_document(pg::Session& session, const Id& id);
std::optional<domain::Document> find_document(pg::Tx& tx, const Id& owner, const Id& type,
                                              const std::string& name);
// Deleted ones too.
std::optional<domain::Document> find_made_document(pg::Tx& tx, const Id& id);

// Its file is there already.
void insert_document(pg::Tx& tx, const domain::Document& document);
// Name, type and version. `before`: its type until now.
void update_document(pg::Tx& tx, const domain::Document& document, const Id& before);
// Its file, which is there already, is the bytes of a new version.
void replace_content(pg::Tx& tx, const domain::Document& document);
// Hides it and lets go of the bytes of all its versions.
void delete_document(pg::Tx& tx, const domain::Document& document, Instant at);

// The bytes as they were at this version; nullopt where it has not come yet.
std::optional<domain::Version> find_version(pg::Session& session, const domain::Document& document,
                                            std::int64_t version);

domain::Document read_document(const pg::Row& row);
domain::DocumentType read_type(const pg::Row& row);
domain::Version read_version(const pg::Row& row);

}  // namespace waybill::file::store
