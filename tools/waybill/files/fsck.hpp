// Whether database and store agree about bytes, in both directions, and mending where they don't.
#pragma once

#include <string>
#include <vector>

#include "libs/blob/blob.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::tool::files {

struct FsckOptions {
  bool mend = false;    // remove orphaned objects, correct counts
  bool verify = false;  // read every object and compare its digest
  std::chrono::milliseconds grace = std::chrono::hours{1};  // younger ones may be on their way
};

struct Difference {
  std::string code;  // orphan-object, bytes-missing, size-differs, digest-differs, refs-differ
  std::string subject;
  std::string what;
  bool mended = false;
};

struct FsckResult {
  std::uint64_t objects = 0;
  std::uint64_t blobs = 0;
  std::vector<Difference> differences;
};

// Walks through both in the order of digests, a page at a time. Safe beside a running service.
FsckResult fsck(pg::Connection& connection, blob::Store& store, const FsckOptions& options);

}  // namespace waybill::tool::files
