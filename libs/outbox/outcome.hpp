// What a command handler says of one command. It decides only: acknowledging, answering and telling
// are done for it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "libs/core/fault.hpp"

namespace waybill::outbox {

class Outcome {
 public:
  enum class Kind {
    done,      // stored in the inbox and sent to whoever asked
    deferred,  // a later command of the saga completes it (Writer::complete)
    retry,     // not yet possible: rolled back for this command and tried again by the retry ladder
    not_now,   // refused and forgotten: whoever asked is told, and may send the same command again
  };

  // 201 with the new object's representation (JSON) and path.
  static Outcome created(std::string body, std::string location,
                         std::optional<std::int64_t> version = {});
  static Outcome ok(std::string body, std::optional<std::int64_t> version = {});
  static Outcome no_content();
  // A refusal is an outcome too: kept, and the same for a repeat.
  static Outcome refused(Fault fault);
  static Outcome deferred();
  static Outcome retry(std::string why);
  // For this command the handler must have written nothing, as with retry.
  static Outcome not_now(Fault fault);

  Kind kind = Kind::done;
  int status = 200;
  std::string body;
  std::optional<std::string> location;
  std::optional<std::int64_t> version;
  std::optional<Fault>
      fault;        // of refused(); turned into a problem document when the outcome is stored
  std::string why;  // of retry(), for logs and the dead queue
};

}  // namespace waybill::outbox
