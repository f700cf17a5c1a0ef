// The moving parts that all services behind the gateway share, started and stopped in the right
// order: relays, read API (with /operations/{id}), command workers last.
#pragma once

#include <memory>

#include "libs/outbox/processor.hpp"
#include "libs/outbox/relay.hpp"
#include "libs/runtime/queries.hpp"
#include "libs/runtime/runtime.hpp"

namespace waybill::runtime {

class Backend {
 public:
  // The queue has the service's name. Handlers and queries must outlive the backend; queries get
  // /operations/{id}, what the inbox knows of a command. `writes` answers what is no query: what
  // the gateway passes on by x-direct and x-stream.
  Backend(Runtime& runtime, const outbox::Handlers& handlers, Queries& queries,
          web::Handler* writes = nullptr);
  ~Backend();
  void start();
  void stop();

  // A transaction of the service's own making (timers); see outbox::run_transaction.
  void transact(pg::Connection& connection,
                const std::function<void(pg::Tx&, outbox::Writer&)>& work);
  // A command that came by x-direct; see outbox::run_direct.
  common::v1::Outcome run_direct(
      pg::Connection& connection, const outbox::DirectCommand& command,
      const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Calls `work` every `interval`, on a thread and connection of its own; a failure is logged,
// counted and tried again. work returns true when there is more to do at once.
class Periodic {
 public:
  Periodic(std::string name, std::chrono::milliseconds interval, pg::Options database,
           std::function<bool(pg::Connection&)> work);
  ~Periodic();
  void start();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::runtime
