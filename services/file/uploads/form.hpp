// Reads a multipart form while it arrives: walks through its parts and collects what is wrong. What
// the parts mean is for those who derive from it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "libs/web/http.hpp"
#include "libs/web/multipart.hpp"
#include "services/file/uploads/receiver.hpp"

namespace waybill::file::uploads {

class Form {
 public:
  virtual ~Form() = default;

  // Reads it all. What is wrong is collected, not thrown: the rest is still looked at, though not
  // stored any more, and only for a while. Throws BodyBroken and what Receiver throws.
  async::awaitable<void> read(web::BodySource& source, std::string boundary);

 protected:
  Form(Workshop workshop, std::size_t most_parts) : workshop_{workshop}, most_parts_{most_parts} {}

  virtual void begin_part() = 0;
  virtual async::awaitable<void> take_data(std::string_view bytes) = 0;
  virtual async::awaitable<void> end_part() = 0;
  // What files_rejected_total counts the present part as.
  virtual std::string_view label() const = 0;

  // The first one is what the answer says; all are among its errors. What comes of the present file
  // is dropped.
  void refuse(Fault fault, std::string_view reason);
  void refuse_field(std::string_view message);
  bool is_malformed() const { return fault_ && fault_->code == "malformed-form"; }

  const Workshop workshop_;
  // The present part.
  web::Part part_;
  std::string value_;                   // of a field
  std::unique_ptr<Receiver> receiver_;  // nullptr: what comes is dropped
  // What is wrong.
  std::optional<Fault> fault_;
  boost::json::array errors_;

 private:
  async::awaitable<bool> take_events(web::MultipartParser& parser);

  const std::size_t most_parts_;
};

// A file of `kind` was not taken.
void count_rejected(std::string_view kind, std::string_view reason);
void count_received(std::string_view kind, std::uint64_t size,
                    std::chrono::steady_clock::duration elapsed);

// 413: more bytes, files … than the limit.
Fault too_large(std::string_view part, std::uint64_t limit, std::string_view what);

}  // namespace waybill::file::uploads
