// A batch of commands in one transaction.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libs/outbox/answers.hpp"
#include "libs/outbox/intake.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/outbox/rehearsal.hpp"
#include "libs/outbox/row.hpp"
#include "libs/outbox/writer.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::outbox {

// What is to be done after the commit.
struct Aftermath {
  struct Retry {
    const Intake* command;
    std::string why;
  };
  struct Handled {
    const std::string* type;  // of the Intake
    const char* outcome;      // for metrics: succeeded, refused, deferred, retry, duplicate
  };
  Answers answers;
  cache::Cache::Dropping stale;  // cache entries on their way out
  std::vector<Retry> retries;
  std::vector<Handled> handled;
  bool events = false;              // outbox rows were written for this channel
  std::vector<OutboxRow> commands;  // the other's rows
};

// Sees what is to be done after the commit too early: a planted bug (libs/core/planted.hpp).
using BeforeCommit = std::function<void(Aftermath&)>;

// Claims the commands in the inbox, handles those that are new, and commits. Throws as pg::Tx and
// the handlers do; nothing has happened then (but see pg::InDoubtError).
Aftermath run_batch(pg::Connection& connection, cache::Cache& cache, const Handlers& handlers,
                    std::span<Intake* const> batch, const BeforeCommit& before_commit = {});

// What run_batch would do with the command: handles it up to the COMMIT and rolls everything back.
// No row, no answer, no event and no cache entry changes. Throws as run_batch.
Rehearsal rehearse(pg::Connection& connection, const Handlers& handlers, Intake& command);

// What `out` collected goes into the database and, for the time after the commit, into `after`.
void write_out(pg::Tx& tx, const Writer& out, Aftermath& after);
// COMMIT, and beside it the cache forgets what has changed.
void commit(pg::Tx& tx, cache::Cache& cache, const Writer& out, Aftermath& after);

}  // namespace waybill::outbox
