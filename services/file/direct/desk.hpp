// What the routes for bytes work with. Requests are read on the io thread; disks, servers and
// databases are asked on the pool.
#pragma once

#include <functional>

#include <boost/asio/thread_pool.hpp>

#include "libs/async/gate.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/web/http.hpp"
#include "libs/web/router.hpp"
#include "services/file/domain/document.hpp"
#include "services/file/links/links.hpp"
#include "services/file/uploads/task_form.hpp"
#include "waybill/file/v1/commands.pb.h"

namespace waybill::file::direct {

struct Options {
  bool tasks_are_open = false;  // whoever isn't signed in may create tasks, too
  uploads::FormLimits form;
  std::uint64_t document_bytes = std::uint64_t{1024} * 1024 * 1024;
  domain::DocumentLimits documents;
  std::chrono::milliseconds upload_life = std::chrono::hours{1};
  std::size_t threads = 8;
  std::size_t uploads = 32;  // under way at most
  std::size_t downloads = 128;
};

// A command of this service's own making, done once; see runtime::Backend.
using RunOnce = std::function<common::v1::Outcome(
    pg::Connection&, const outbox::DirectCommand&,
    const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>&)>;

class Desk {
 public:
  Desk(boost::asio::io_context& io, const Options& with, const links::Links& signer,
       blob::Store& bytes, pg::Options database, RunOnce runner);
  ~Desk();

  uploads::Workshop workshop() { return {threads, store, connections}; }

  // One command with the bytes that came with its request, done once. `fingerprint` is what a
  // repeat with the same Idempotency-Key must have in common. `work` fills in what depends on the
  // command's id, and decides.
  web::awaitable<common::v1::Outcome> run(
      const web::Request& request, std::string type, const std::string& fingerprint,
      std::function<outbox::Outcome(pg::Tx&, outbox::Writer&, const outbox::Cause&)> work);

  const Options options;
  const links::Links& links;
  blob::Store& store;
  pg::Pool connections;
  async::Gate uploads;
  async::Gate downloads;

 private:
  const RunOnce run_once_;

 public:
  boost::asio::thread_pool threads;
};

using Route = web::awaitable<web::Response> (*)(Desk&, web::Request&, const web::PathParams&);

// Status, body, Location and ETag of a command's outcome.
web::Response outcome_response(const common::v1::Outcome& outcome);

// What a command says of a file whose bytes are safe; the n-th of the command.
v1::StoredFile to_stored(const domain::File& file, const Id& command_id, int n);

}  // namespace waybill::file::direct
