// Documents that an account keeps: each has a type, which its owner names, a name, and versions.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/caller.hpp"
#include "libs/core/clock.hpp"
#include "libs/core/fault.hpp"
#include "services/file/domain/task.hpp"

namespace waybill::file::domain {

struct DocumentType {
  Id id;
  Id owner_id;
  std::string name;
  std::int64_t documents = 0;
  Instant created_at;
};

// With its newest bytes.
struct Document {
  Id id;
  Id owner_id;
  Id type_id;
  std::string type;  // its name
  std::string name;
  File file;
  std::int64_t version = 1;  // counts every change
  Instant created_at;
  std::optional<Instant> updated_at;
};

// One that brought new bytes.
struct Version {
  std::int64_t version = 1;
  File file;
  Instant created_at;
};

// How much one account may keep.
struct DocumentLimits {
  std::int64_t documents = 10'000;
  std::int64_t types = 200;
};

// Trimmed: 1 to 64 and 1 to 128 characters, UTF-8 without control characters. 400 otherwise.
Result<std::string> read_type_name(std::string_view text);
Result<std::string> read_document_name(std::string_view text);

// 404, one text for what is not there and for what is somebody else's.
Fault no_document();

// Whose documents a caller's are; 403 for one that is no account.
Result<Id> owner_of(const Caller& caller);

// May the caller change it, on the ground of this version? 404, 412.
Result<void> check_change(const std::optional<Document>& document, const Caller& caller,
                          std::optional<std::int64_t> expected_version);

Fault name_taken(const Document& by);
Fault type_name_taken(const DocumentType& by);
Fault limit_reached(std::string_view what, std::int64_t limit);

}  // namespace waybill::file::domain
