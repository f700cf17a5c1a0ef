// Takes commands from a queue in batches and gives each batch to the handlers in one transaction:
//   inbox rows first (a command that is there already gets its stored outcome), handlers, outbox
//   rows, outcomes, COMMIT with the cache dropping what changed beside it, answers,
//   acknowledgement.
// When a batch fails it is rolled back and handled one by one; only the culprit is retried or goes
// to the dead queue.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libs/cache/cache.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/outbox/command.hpp"
#include "libs/outbox/outcome.hpp"
#include "libs/outbox/relay.hpp"
#include "libs/outbox/writer.hpp"
#include "libs/pg/pg.hpp"
#include "waybill/common/v1/outcome.pb.h"

namespace waybill::outbox {

// The handlers of a service by message type.
class Handlers {
 public:
  // One command as it came, content type protobuf. Broken bytes throw messaging poison (see
  // processor.cpp).
  struct Raw {
    Cause cause;
    std::string body;
    Instant now;
  };
  using Batch = std::function<std::vector<Outcome>(pg::Tx&, std::span<const Raw>, Writer&)>;
  using Query = std::function<Outcome(pg::Session&, const Raw&)>;

  // handlers.on<PlaceOrder>(place_orders), with
  //   std::vector<Outcome> place_orders(pg::Tx& tx, std::span<const Command<PlaceOrder>> batch,
  //   Writer& out);
  // one outcome per command, in their order. `handler` may be any callable (bind settings with a
  // small struct).
  template <class Message, class Handler>
  void on(Handler handler) {
    add(Message::descriptor()->full_name(),
        [handler](pg::Tx& tx, std::span<const Raw> raw, Writer& out) {
          std::vector<Command<Message>> batch(raw.size());
          for (std::size_t i = 0; i < raw.size(); ++i) {
            batch[i].cause = raw[i].cause;
            batch[i].now = raw[i].now;
            if (!batch[i].body.ParseFromString(raw[i].body)) throw_broken(raw[i].cause);
          }
          return handler(tx, std::span<const Command<Message>>{batch}, out);
        });
  }
  // A question that came over the queue: it changes nothing, has no inbox row, and is answered once
  // per delivery.
  //   Outcome find_document(pg::Session& session, const Command<GetDocument>& query);
  template <class Message, class Handler>
  void on_query(Handler handler) {
    queries_[Message::descriptor()->full_name()] = [handler](pg::Session& session, const Raw& raw) {
      Command<Message> query;
      query.cause = raw.cause;
      query.now = raw.now;
      if (!query.body.ParseFromString(raw.body)) throw_broken(raw.cause);
      return handler(session, query);
    };
  }
  void add(const std::string& type, Batch handler);
  const Batch* find(const std::string& type) const;  // nullptr: unknown
  const Query* find_query(const std::string& type) const;

 private:
  [[noreturn]] static void throw_broken(const Cause& cause);
  std::map<std::string, Batch> handlers_;
  std::map<std::string, Query> queries_;
};

// Turns a JSON command into its protobuf bytes after validating it against the contract; `type` may
// be an alias and is replaced by the full name. Provided by libs/contract through runtime.
using JsonDecoder = std::function<Result<std::string>(std::string& type, std::string_view json)>;

struct ProcessorOptions {
  std::string queue;
  std::size_t batch = 100;
  std::size_t workers = 1;
  // Least time between two batches of a worker while commands come in company: waiting makes
  // batches larger, and their cost is mostly per batch. A command that comes alone does not wait.
  std::chrono::milliseconds pace{0};
  std::vector<std::chrono::milliseconds> retries;  // as in messaging::QueueOptions
};

class Processor {
 public:
  Processor(ProcessorOptions options, const Handlers& handlers, JsonDecoder decode_json,
            pg::Options database, messaging::Consumer& commands, messaging::Publisher& publisher,
            cache::Cache& cache, Relays& relays);
  // Stops intake, finishes the present batch, joins the workers.
  ~Processor();
  void start();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A transaction outside the queue (timers, imports): runs `work`, inserts what it wrote, commits,
// invalidates the cache, answers completed commands, wakes the relay. Throws as pg::Tx does.
void run_transaction(pg::Connection& connection, cache::Cache& cache,
                     messaging::Publisher& publisher, Relays& relays,
                     const std::function<void(pg::Tx&, Writer&)>& work);

// A command that came straight to the service, because its body must lie nowhere: done once, like
// one of the queue, by its inbox row (which knows the type, the caller and a fingerprint, never the
// body).
struct DirectCommand {
  std::string type;
  std::string fingerprint;  // give one that tells nothing about secrets in the body
  Cause cause;
};

// Runs `work` in a transaction with the inbox row unless the command has been done already, and
// returns the outcome as it is stored. Outcomes are done ones: no deferred, no retry. Commits in
// doubt and deadlocks are tried again. Throws as pg::Tx does.
common::v1::Outcome run_direct(pg::Connection& connection, cache::Cache& cache,
                               messaging::Publisher& publisher, Relays& relays,
                               const DirectCommand& command,
                               const std::function<Outcome(pg::Tx&, Writer&)>& work);

}  // namespace waybill::outbox
