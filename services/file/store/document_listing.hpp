// Pages of documents, types and versions by keyset.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "libs/runtime/queries.hpp"
#include "services/file/domain/document.hpp"

namespace waybill::file::store {

struct DocumentFilter {
  std::optional<Id> owner_id;  // nullopt: everybody's
  std::optional<Id> type_id;
  std::optional<std::string> name;                  // a part of it, in any case
  std::optional<Instant> created_from, created_to;  // inclusive, exclusive
};

// By a name of the contract, "created_at" or "-created_at".
struct DocumentSort {
  std::string key = "created_at";  // name, size; of types: name, documents
  bool descending = true;
};

// What a cursor after this one has to carry.
runtime::Cursor cursor_after(const domain::Document& document, const DocumentSort& sort);
runtime::Cursor cursor_after(const domain::DocumentType& type, const DocumentSort& sort);

// Up to `most` after the cursor. nullopt when the cursor's key is not one of this sort.
std::optional<std::vector<domain::Document>> list_documents(
    pg::Session& session, const DocumentFilter& filter, const DocumentSort& sort,
    const std::optional<runtime::Cursor>& after, std::int64_t most);
std::int64_t count_documents(pg::Session& session, const DocumentFilter& filter);

std::optional<std::vector<domain::DocumentType>> list_types(
    pg::Session& session, const Id& owner, const DocumentSort& sort,
    const std::optional<runtime::Cursor>& after, std::int64_t most);
std::int64_t count_types(pg::Session& session, const Id& owner);

// Newest first, those below the version `before`.
std::vector<domain::Version> list_versions(pg::Session& session, const Id& document,
                                           std::int64_t before, std::int64_t most);
std::int64_t count_versions(pg::Session& session, const Id& document);

}  // namespace waybill::file::store
