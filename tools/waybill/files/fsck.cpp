#include "tools/waybill/files/fsck.hpp"

#include <map>

#include "libs/core/digest.hpp"

namespace waybill::tool::files {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::size_t kPiece = 1024 * 1024;

// The rows of a page of digests with the references that there are.
constexpr pg::Statement find_blobs{"fsck_find_blobs", R"(
  SELECT b.sha256, b.size, b.refs,
         (SELECT count(*) FROM files f WHERE f.sha256 = b.sha256 AND f.deleted_at IS NULL)
    FROM blobs b
   WHERE b.sha256 > $1::text
   ORDER BY b.sha256
   LIMIT $2::bigint)"};

constexpr pg::Statement find_some_blobs{"fsck_find_some_blobs", R"(
  SELECT sha256 FROM blobs WHERE sha256 = ANY($1::text[]))"};

// Files without any row of their bytes.
constexpr pg::Statement find_lost_files{"fsck_find_lost_files", R"(
  SELECT f.id
    FROM files f LEFT JOIN blobs b ON b.sha256 = f.sha256
   WHERE f.deleted_at IS NULL AND b.sha256 IS NULL
   ORDER BY f.id)"};

constexpr pg::Statement mend_refs{"fsck_mend_refs", R"(
  UPDATE blobs
     SET refs = (SELECT count(*) FROM files f
                  WHERE f.sha256 = blobs.sha256 AND f.deleted_at IS NULL)
   WHERE sha256 = $1::text)"};

std::string key_of(const std::string& digest) {
  return fmt::format("sha256/{}/{}", digest.substr(0, 2), digest);
}

std::string digest_of(const std::string& key) {
  return key.substr(key.rfind('/') + 1);
}

class Fsck {
 public:
  Fsck(pg::Connection& connection, blob::Store& store, const FsckOptions& options)
      : session_{connection}, store_{store}, options_{options} {}

  FsckResult run() {
    look_at_objects();
    look_at_rows();
    const pg::Rows lost = session_.exec(find_lost_files);
    for (const pg::Row row : lost) {
      add("file-without-bytes", std::string{row.text(0)}, "no row of its bytes", false);
    }
    return std::move(result_);
  }

 private:
  void add(const char* code, const std::string& subject, const std::string& what, bool mended) {
    result_.differences.push_back({code, subject, what, mended});
  }

  // Objects that no row knows.
  void look_at_objects() {
    for (std::string after;;) {
      const auto page = store_.list(after, kPage);
      look_at(page);
      result_.objects += page.size();
      if (page.size() < kPage) return;
      after = page.back().key;
    }
  }

  void look_at(const std::vector<blob::Object>& page) {
    pg::Array digests;
    for (const blob::Object& object : page) digests.add(digest_of(object.key));
    std::map<std::string, bool, std::less<>> known;
    const pg::Rows rows = session_.exec(find_some_blobs, digests);
    for (const pg::Row row : rows) known.emplace(row.text(0), true);
    for (const blob::Object& object : page) {
      const bool young = object.modified > now() - options_.grace;
      const bool fits = key_of(digest_of(object.key)) == object.key;
      if (young || (fits && known.contains(digest_of(object.key)))) continue;
      if (options_.mend) store_.remove(object.key);
      add("orphan-object", object.key, "the database knows nothing of it", options_.mend);
    }
  }

  // Rows whose object is missing or another one, or that count wrongly.
  void look_at_rows() {
    for (std::string after;;) {
      const pg::Rows rows = session_.exec(find_blobs, after, kPage);
      for (const pg::Row row : rows) {
        after = row.text(0);
        look_at(after, static_cast<std::uint64_t>(row.integer(1)), row.integer(2), row.integer(3));
      }
      result_.blobs += static_cast<std::uint64_t>(rows.size());
      if (rows.size() < static_cast<int>(kPage)) return;
    }
  }

  void look_at(const std::string& digest, std::uint64_t size, std::int64_t refs,
               std::int64_t files) {
    if (refs != files) {
      if (options_.mend) session_.exec(mend_refs, digest);
      add("refs-differ", digest, fmt::format("the counter says {}, there are {}", refs, files),
          options_.mend);
    }
    // Nobody misses what nobody refers to: an upload may be about to store it.
    if (files == 0) return;
    const auto object = store_.find(key_of(digest));
    if (!object) {
      add("bytes-missing", digest, fmt::format("{} files refer to it", files), false);
    } else if (object->size != size) {
      add("size-differs", digest,
          fmt::format("{} bytes in the store, {} in the database", object->size, size), false);
    } else if (options_.verify && read_digest(digest, size) != digest) {
      add("digest-differs", digest, "the bytes are others", false);
    }
  }

  std::string read_digest(const std::string& digest, std::uint64_t size) {
    const auto download = store_.open(key_of(digest), 0, size);
    if (!download) return {};
    Sha256 found;
    for (std::string piece; !(piece = download->read(kPiece)).empty();) found.update(piece);
    return to_hex(found.finish());
  }

  pg::Session session_;
  blob::Store& store_;
  const FsckOptions options_;
  FsckResult result_;
};

}  // namespace

FsckResult fsck(pg::Connection& connection, blob::Store& store, const FsckOptions& options) {
  return Fsck{connection, store, options}.run();
}

}  // namespace waybill::tool::files
