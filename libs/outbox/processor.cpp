#include "libs/outbox/processor.hpp"

#include "libs/log/log.hpp"
#include "libs/outbox/worker.hpp"

namespace waybill::outbox {
namespace {

// Stands in inbox.reply_to for the process that does a direct command itself.
const std::string kHere = "-";
constexpr int kDirectTries = 3;

}  // namespace

void Handlers::add(const std::string& type, Batch handler) {
  handlers_[type] = std::move(handler);
}

const Handlers::Batch* Handlers::find(const std::string& type) const {
  const auto found = handlers_.find(type);
  return found == handlers_.end() ? nullptr : &found->second;
}

const Handlers::Query* Handlers::find_query(const std::string& type) const {
  const auto found = queries_.find(type);
  return found == queries_.end() ? nullptr : &found->second;
}

void Handlers::throw_broken(const Cause& cause) {
  throw std::runtime_error{"the body of command " + cause.command_id.to_string() +
                           " is no message of its type"};
}

struct Processor::Impl {
  Shop shop;
  std::vector<std::thread> threads;
};

Processor::Processor(ProcessorOptions options, const Handlers& handlers, JsonDecoder decode_json,
                     pg::Options database, messaging::Consumer& commands,
                     messaging::Publisher& publisher, cache::Cache& cache, Relays& relays)
    : impl_{new Impl{{std::move(options), handlers, std::move(decode_json), std::move(database),
                      commands, publisher, cache, relays},
                     {}}} {}

Processor::~Processor() {
  stop();
}

void Processor::start() {
  impl_->shop.stopping = false;
  for (std::size_t i = 0; i < impl_->shop.options.workers; ++i) {
    impl_->threads.emplace_back([&shop = impl_->shop] { Worker{shop}.run(); });
  }
}

void Processor::stop() {
  if (impl_->threads.empty()) return;
  impl_->shop.commands.pause();
  impl_->shop.stop();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

void run_transaction(pg::Connection& connection, cache::Cache& cache,
                     messaging::Publisher& publisher, Relays& relays,
                     const std::function<void(pg::Tx&, Writer&)>& work) {
  pg::Tx tx{connection};
  Writer out;
  Aftermath after;
  work(tx, out);
  write_out(tx, out, after);
  commit(tx, cache, out, after);
  tell(after, publisher, relays);
}

common::v1::Outcome run_direct(pg::Connection& connection, cache::Cache& cache,
                               messaging::Publisher& publisher, Relays& relays,
                               const DirectCommand& command,
                               const std::function<Outcome(pg::Tx&, Writer&)>& work) {
  Intake intake;
  intake.type = command.type;
  intake.fingerprint = command.fingerprint;
  intake.cause = command.cause;
  intake.reply_to = ReplyTo{kHere, false, {}};
  Handlers handlers;
  handlers.add(command.type, [&work](pg::Tx& tx, std::span<const Handlers::Raw>, Writer& out) {
    return std::vector{work(tx, out)};
  });
  Intake* const batch[] = {&intake};
  for (int tries = 1;; ++tries) {
    try {
      Aftermath after = run_batch(connection, cache, handlers, batch);
      const common::v1::Outcomes outcomes = after.answers.take(kHere);
      tell(after, publisher, relays);
      return outcomes.outcomes(0);
    } catch (const pg::UnavailableError&) {
      throw;
    } catch (const pg::TransientError&) {
      if (tries == kDirectTries) throw;
    }
  }
}

}  // namespace waybill::outbox
