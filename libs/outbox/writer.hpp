// Collects what one transaction must tell; the rows are inserted just before the commit, in one
// statement, in the order of the calls. Call after the aggregate's row is locked (FIELD-NOTES would
// have the order of ids follow the order of commits per key: the row lock is what gives that).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/cache/cache.hpp"
#include "libs/core/id.hpp"
#include "libs/outbox/command.hpp"
#include "libs/outbox/outcome.hpp"
#include "libs/pg/pg.hpp"

namespace google::protobuf {
class Message;
}

namespace waybill::outbox {

class Writer {
 public:
  // An event of `topic`: the whole new state of aggregate `key` at `version`. Its id (ce_id)
  // derives from key and version.
  void event(std::string_view topic, const Id& key, std::int64_t version,
             const google::protobuf::Message& event, const Cause& cause);
  // An event about aggregate `key` that is not its state and has no version: what happened. Its id
  // derives from the command that caused it and `what`, which tells the notices of one command
  // apart.
  void notice(std::string_view topic, const Id& key, std::string_view what,
              const google::protobuf::Message& event, const Cause& cause);
  // A saga command for another service's queue. The id decides what "twice" means: derive it
  // (derive_id).
  void command(std::string_view queue, const Id& command_id,
               const google::protobuf::Message& command, const Cause& cause);
  // A message to other systems on the exchange waybill.notices, in JSON; persistent. Claim its
  // effect first (operations.hpp), or a replay sends it again.
  void notice(std::string_view key, const Id& id, std::string json, const Cause& cause);
  // The outcome of a command that was deferred earlier, by its id. Sent to all who wait for it,
  // after the commit. `by` is the command that is being handled.
  void complete(const Id& command_id, Outcome outcome, const Cause& by);
  // A cache entry to drop after the commit and before any answer leaves.
  void invalidate(std::string key, std::int64_t version);

  // What was collected, for the library's own use.
  struct Row {
    std::string channel, target, key, type, headers, payload;
  };
  struct Completion {
    Id command_id;
    Outcome outcome;
    Id by;
  };
  std::vector<Row> rows;
  std::vector<Completion> completions;
  std::vector<cache::Invalidation> invalidations;
};

}  // namespace waybill::outbox
