// A file as the body of a request.
#pragma once

#include <optional>
#include <string>

#include "libs/core/digest.hpp"
#include "libs/core/fault.hpp"
#include "libs/web/http.hpp"
#include "services/file/domain/task.hpp"
#include "services/file/uploads/receiver.hpp"

namespace waybill::file::uploads {

// The file without id, its bytes safe. 413; 422 digest-mismatch where they have another SHA-256
// (hex) than was `expected`: nothing is kept then. `label`: what metrics count it as. Throws
// BodyBroken and what Receiver throws.
async::awaitable<Result<domain::File>> read_raw_body(Workshop workshop, web::BodySource& source,
                                                     std::uint64_t most_bytes,
                                                     std::optional<std::string> expected,
                                                     std::string_view label);

// Passes a body on and knows its digest at the end.
class DigestedBody final : public web::BodySource {
 public:
  explicit DigestedBody(web::BodySource& source) : source_{source} {}
  async::awaitable<std::string> read() override;
  std::optional<std::uint64_t> length() const override { return source_.length(); }
  std::string sha256() { return to_hex(digest_.finish()); }

 private:
  web::BodySource& source_;
  Sha256 digest_;
};

// The SHA-256, in hex, that a Repr-Digest names (RFC 9530, sections 3 and 5); nullopt where it
// names none. 400 for one that can't be read.
Result<std::optional<std::string>> read_repr_digest(std::string_view field);
std::string repr_digest(const std::string& sha256);

Fault digest_mismatch();

// The name in a Content-Disposition (RFC 6266); nullopt without one. 400 for a header that can't be
// read and for names that are not taken.
Result<std::optional<std::string>> read_file_name(std::string_view disposition);

}  // namespace waybill::file::uploads
