#include "services/file/direct/desk.hpp"

#include "libs/core/digest.hpp"
#include "libs/log/log.hpp"
#include "libs/runtime/gateway_request.hpp"

namespace waybill::file::direct {
namespace {

// Idempotency keys of uploads become command ids in this name space (RFC 9562, section 5.5); the
// value is arbitrary and must never change.
const Id kCommands = *Id::parse("8f4f1a52-6a0d-5a4f-9c11-0b7c1e5d2a63");
// Files get their ids from the command that makes them.
const Id kFiles = *Id::parse("c6c1a0a9-2a44-5b11-8a39-6d0b6f1f7e24");

}  // namespace

Desk::Desk(boost::asio::io_context& io, const Options& with, const links::Links& signer,
           blob::Store& bytes, pg::Options database, RunOnce runner)
    : options{with},
      links{signer},
      store{bytes},
      connections{std::move(database), with.threads},
      uploads{io, {.at_work = with.uploads, .in_line = with.uploads, .patience = seconds{2}}},
      downloads{io, {.at_work = with.downloads, .in_line = with.downloads, .patience = seconds{2}}},
      run_once_{std::move(runner)},
      threads{with.threads} {}

Desk::~Desk() {
  threads.stop();
  threads.join();
}

web::awaitable<common::v1::Outcome> Desk::run(
    const web::Request& request, std::string type, const std::string& fingerprint,
    std::function<outbox::Outcome(pg::Tx&, outbox::Writer&, const outbox::Cause&)> work) {
  const bool is_keyed = request.headers.has("Idempotency-Key");
  outbox::DirectCommand command;
  command.type = std::move(type);
  command.fingerprint = is_keyed ? sha256_hex(fingerprint) : "";
  command.cause = runtime::cause_of(request, kCommands);
  auto job = [&] {
    const log::Scope scope{request.trace};
    auto connection = connections.take();
    return run_once_(*connection, command,
                     [&](pg::Tx& tx, outbox::Writer& out) { return work(tx, out, command.cause); });
  };
  auto outcome = co_await async::offload(threads, job);
  co_return outcome;
}

web::Response outcome_response(const common::v1::Outcome& outcome) {
  const bool is_problem = outcome.status() >= 400;
  web::Response response{outcome.status(),
                         is_problem ? "application/problem+json" : "application/json",
                         outcome.body()};
  if (outcome.status() == 503) response.headers.set("Retry-After", "1");
  if (outcome.has_location()) response.headers.set("Location", outcome.location());
  if (outcome.has_version()) {
    response.headers.set("ETag", '"' + std::to_string(outcome.version()) + '"');
  }
  return response;
}

v1::StoredFile to_stored(const domain::File& file, const Id& command_id, int n) {
  v1::StoredFile stored;
  stored.set_id(derive_id(kFiles, fmt::format("{} {}", command_id.to_string(), n)).to_string());
  stored.set_kind(file.kind);
  stored.set_sha256(file.sha256);
  stored.set_size(file.size);
  stored.set_content_type(file.content_type);
  stored.set_file_name(file.file_name);
  return stored;
}

}  // namespace waybill::file::direct
