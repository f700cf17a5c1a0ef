#include "libs/outbox/worker.hpp"

#include "libs/core/planted.hpp"
#include "libs/log/log.hpp"

namespace waybill::outbox {
namespace {

// How often a batch is tried at once before its members are tried one by one, and a single command
// before it goes to the retry ladder. Deadlocks dissolve within milliseconds.
constexpr int kTries = 3;

// How long the workers sit in take() before they look whether they should stop.
constexpr milliseconds kTake{200};

pg::Options worker_database(pg::Options options) {
  options.application_name += ".commands";
  return options;
}

}  // namespace

void Shop::stop() {
  const std::lock_guard lock{mutex};
  stopping = true;
  stopped.notify_all();
}

void Shop::pause(milliseconds duration) {
  std::unique_lock lock{mutex};
  stopped.wait_for(lock, duration, [&] { return stopping.load(); });
}

void tell(Aftermath& after, messaging::Publisher& publisher, Relays& relays) {
  // Saga commands are waited for; events may wait until nobody can read an old representation.
  relays.send(std::move(after.commands), publisher);
  after.stale.wait();
  after.answers.send(publisher);
  if (after.events) relays.wake();
}

Worker::Worker(Shop& shop)
    : shop_{shop},
      connection_{worker_database(shop.database)},
      failures_{shop.options.queue, shop.options.retries, shop.publisher},
      batch_size_{metrics::histogram("command_batch_size", "Commands handled in one transaction.",
                                     {{"queue", shop.options.queue}},
                                     {1, 2, 5, 10, 20, 50, 100, 200, 500})},
      handling_seconds_{metrics::histogram("command_batch_seconds",
                                           "From taking a batch to its acknowledgement.",
                                           {{"queue", shop.options.queue}})},
      critical_seconds_{metrics::histogram("command_critical_seconds",
                                           "From first sending a command to its commit.",
                                           {{"queue", shop.options.queue}})},
      oldest_{metrics::gauge("command_oldest_seconds",
                             "How long the first command of the batch in hand had waited; 0: "
                             "nothing waits.",
                             {{"queue", shop.options.queue}})} {
  connection_.work_by_key();
  if (planted(Bug::commit_not_durable)) connection_.set("synchronous_commit", "off");
}

void Worker::run() {
  while (!shop_.stopping) {
    auto deliveries = shop_.commands.take(shop_.options.batch, kTake);
    const auto began = std::chrono::steady_clock::now();
    const bool in_company = deliveries.size() > 1;
    if (deliveries.empty()) oldest_.set(0);
    if (!deliveries.empty()) handle(std::move(deliveries));
    if (in_company) std::this_thread::sleep_until(began + shop_.options.pace);
  }
}

void Worker::handle(std::vector<messaging::Delivery> deliveries) {
  const metrics::Timer timer{handling_seconds_};
  std::vector<Intake> intakes;
  intakes.reserve(deliveries.size());
  std::vector<Intake*> batch;
  for (messaging::Delivery& delivery : deliveries) {
    intakes.push_back(read_delivery(std::move(delivery), shop_.decode_json));
    Intake& intake = intakes.back();
    if (intake.rehearsal || shop_.handlers.find_query(intake.type)) continue;
    if (!intake.broken && shop_.handlers.find(intake.type) != nullptr) batch.push_back(&intake);
  }
  count(intakes);
  const std::vector<trace::Span> spans = spans_of(intakes);
  if (planted(Bug::ack_before_commit)) {
    for (const Intake* command : batch) ack(*command);
    acknowledge();
  }
  if (!batch.empty()) handle(batch);
  for (Intake& intake : intakes) {
    const Handlers::Query* query = shop_.handlers.find_query(intake.type);
    if (query && intake.broken) {
      answer_query(intake, Outcome::refused(*intake.broken));
    } else if (query) {
      ask(intake, *query);
    } else if (intake.rehearsal) {
      rehearse(intake);
    } else if (intake.broken) {
      bury(intake, intake.broken->code + ": " + intake.broken->detail);
    } else if (shop_.handlers.find(intake.type) == nullptr) {
      bury(intake, "unknown type " + intake.type);
    }
  }
  acknowledge();
}

void Worker::handle(std::span<Intake* const> batch) {
  if (try_batch(batch)) return;
  log::warn("batch.split", {{"queue", shop_.options.queue}, {"commands", batch.size()}});
  for (Intake* const& single : batch) try_batch({&single, 1});
}

Worker::Result Worker::run_once(std::span<Intake* const> batch, Aftermath& after,
                                std::string& reason) {
  try {
    BeforeCommit too_early;
    if (planted(Bug::answer_before_commit)) {
      too_early = [this](Aftermath& early) { early.answers.send(shop_.publisher); };
    }
    after = run_batch(connection_, shop_.cache, shop_.handlers, batch, too_early);
    return Result::committed;
  } catch (const pg::UnavailableError& error) {
    reason = error.what();
    return Result::unavailable;
  } catch (const pg::TransientError& error) {
    // A commit in doubt is settled by trying again: the inbox rows show whether it happened.
    reason = error.what();
    const bool in_doubt = dynamic_cast<const pg::InDoubtError*>(&error) != nullptr;
    if (planted(Bug::in_doubt_is_failure) && in_doubt) return Result::poison;
    return Result::transient;
  } catch (const std::exception& error) {
    reason = error.what();
    return Result::poison;
  }
}

bool Worker::try_batch(std::span<Intake* const> batch) {
  Backoff tries_backoff{milliseconds{20}, milliseconds{200}};
  Backoff away_backoff{milliseconds{100}};
  for (int tries = 0;;) {
    Aftermath after;
    std::string reason;
    const Result result = run_once(batch, after, reason);
    if (result == Result::committed) {
      settle(batch, after);
      return true;
    }
    if (result == Result::poison) {
      if (batch.size() > 1) return false;
      bury(*batch.front(), reason);
      return true;
    }
    if (result == Result::unavailable) {
      log::warn("database.away", {{"queue", shop_.options.queue}, {"reason", reason}});
      wait_for_database(away_backoff);
    } else if (++tries < kTries) {
      shop_.pause(tries_backoff.next());
    } else if (batch.size() > 1) {
      return false;
    } else {
      const Failures::Later later{batch.front(), reason};
      retry_later({&later, 1});
      return true;
    }
    if (shop_.stopping) {
      for (const Intake* command : batch) give_back(*command);
      return true;
    }
  }
}

void Worker::settle(std::span<Intake* const> batch, Aftermath& after) {
  tell(after, shop_.publisher, shop_.relays);
  std::vector<Failures::Later> later;
  for (const Aftermath::Retry& retry : after.retries) later.push_back({retry.command, retry.why});
  for (const Intake* command : batch) {
    const bool retried = std::any_of(later.begin(), later.end(), [&](const Failures::Later& entry) {
      return entry.command == command;
    });
    if (!retried) ack(*command);
  }
  count(after);
  batch_size_.observe(static_cast<double>(batch.size()));
  const Instant done = now();
  for (const Intake* command : batch) {
    critical_seconds_.observe(std::chrono::duration<double>(done - command->cause.sent_at).count());
  }
  acknowledge();
  if (!later.empty()) retry_later(later);
}

void Worker::retry_later(std::span<const Failures::Later> commands) {
  std::vector<Failures::Later> climbing;
  for (const Failures::Later& later : commands) {
    if (failures_.is_exhausted(*later.command)) {
      bury(*later.command, later.why);
    } else {
      count_failed(*later.command, "retry");
      climbing.push_back(later);
    }
  }
  if (climbing.empty()) return;
  const std::vector<bool> taken = failures_.send_later(climbing);
  for (std::size_t i = 0; i < climbing.size(); ++i) {
    taken[i] ? ack(*climbing[i].command) : give_back(*climbing[i].command);
  }
}

void Worker::bury(const Intake& command, const std::string& reason) {
  count_failed(command, "dead");
  if (!failures_.send_to_dead(command, reason)) {
    give_back(command);
    return;
  }
  Backoff backoff{milliseconds{100}};
  while (true) {
    try {
      failures_.record_death(connection_, command);
      ack(command);
      return;
    } catch (const pg::TransientError& error) {
      log::warn("database.away", {{"queue", shop_.options.queue}, {"reason", error.what()}});
    }
    wait_for_database(backoff);
    if (shop_.stopping) {
      give_back(command);
      return;
    }
  }
}

void Worker::ask(const Intake& query, const Handlers::Query& handler) {
  Backoff tries_backoff{milliseconds{20}, milliseconds{200}};
  Backoff away_backoff{milliseconds{100}};
  for (int tries = 1;;) {
    Outcome outcome;
    try {
      const log::Scope scope{query.cause.trace};
      pg::Session session{connection_};
      outcome = handler(session, {query.cause, query.body, now()});
    } catch (const pg::UnavailableError& error) {
      log::warn("database.away", {{"queue", shop_.options.queue}, {"reason", error.what()}});
      wait_for_database(away_backoff);
      if (shop_.stopping) return give_back(query);
      continue;
    } catch (const pg::TransientError& error) {
      if (++tries <= kTries) {
        shop_.pause(tries_backoff.next());
        continue;
      }
      outcome = Outcome::refused(unavailable("The data can't be read at the moment."));
    } catch (const std::exception& error) {
      log::error("query.failed", {{"type", query.type}, {"reason", error.what()}});
      outcome = Outcome::refused(
          {FaultKind::internal, "internal", "The question could not be answered.", {}});
    }
    return answer_query(query, outcome);
  }
}

void Worker::answer_query(const Intake& query, const Outcome& outcome) {
  if (query.reply_to) {
    Answers answers;
    answers.add(*query.reply_to, render(outcome, query.id(), query.cause));
    answers.send(shop_.publisher);
  }
  Aftermath after;
  after.handled.push_back({&query.type, outcome.status < 400 ? "succeeded" : "refused"});
  count(after);
  ack(query);
}

void Worker::rehearse(Intake& command) {
  Rehearsal rehearsal;
  try {
    if (command.broken) {
      rehearsal = {"dead", command.broken->code + ": " + command.broken->detail, {}};
    } else if (shop_.handlers.find(command.type) == nullptr) {
      rehearsal = {"dead", "unknown type " + command.type, {}};
    } else {
      rehearsal = outbox::rehearse(connection_, shop_.handlers, command);
    }
  } catch (const pg::TransientError& error) {
    rehearsal = {"retry", error.what(), {}};
  } catch (const std::exception& error) {
    rehearsal = {"dead", error.what(), {}};
  }
  answer_rehearsal(command, std::move(rehearsal), shop_.publisher);
  ack(command);
}

void Worker::wait_for_database(Backoff& backoff) {
  shop_.commands.pause();
  while (!shop_.stopping) {
    shop_.pause(backoff.next());
    try {
      connection_.ensure_open();
      shop_.commands.resume();
      return;
    } catch (const pg::TransientError&) {
      // still away
    }
  }
}

void Worker::count(const Aftermath& after) {
  for (const Aftermath::Handled& handled : after.handled) {
    metrics::Counter*& counter = counters_[{*handled.type, handled.outcome}];
    if (counter == nullptr) {
      counter = &metrics::counter(
          "commands_total", "Commands handled.",
          {{"queue", shop_.options.queue}, {"type", *handled.type}, {"outcome", handled.outcome}});
    }
    counter->add();
  }
}

// A command on its way up the ladder of retries waits on purpose: its age says nothing of the
// queue.
void Worker::count(const std::vector<Intake>& taken) {
  messages_.add(static_cast<double>(taken.size()));
  Instant first = now();
  for (const Intake& command : taken) {
    const std::string action = action_of(command);
    metrics::Counter*& counter = received_[action];
    if (counter == nullptr) {
      counter = &metrics::counter("consumer_messages_received_total",
                                  "Messages that came, by what they ask for.",
                                  {{"service", metrics::process_name()}, {"action", action}});
    }
    counter->add();
    const Cause& cause = command.cause;
    if (!command.broken && cause.failures == 0 && cause.dead_visits == 0) {
      first = std::min(first, cause.sent_at);
    }
  }
  oldest_.set(std::chrono::duration<double>(now() - first).count());
}

// One for each command, which its outcome, events and saga commands then name as their parent. They
// end with the batch.
std::vector<trace::Span> Worker::spans_of(std::vector<Intake>& intakes) const {
  std::vector<trace::Span> spans;
  if (!trace::enabled()) return spans;
  spans.reserve(intakes.size());
  for (Intake& command : intakes) {
    std::string& traceparent = command.cause.trace.traceparent;
    spans.emplace_back(action_of(command), trace::Kind::consumer, traceparent);
    spans.back().set("messaging.destination.name", shop_.options.queue);
    spans.back().set("messaging.message.id", command.id().to_string());
    spans.back().hand_on(traceparent);
  }
  return spans;
}

void Worker::count_failed(const Intake& command, const char* reason) {
  metrics::counter(
      "consumer_messages_failed_total", "Messages that could not be handled.",
      {{"service", metrics::process_name()}, {"action", action_of(command)}, {"reason", reason}})
      .add();
}

// A type that nobody knows must not become a label: whoever sends may send anything.
std::string Worker::action_of(const Intake& command) const {
  const bool known = shop_.handlers.find(command.type) || shop_.handlers.find_query(command.type);
  return known ? command.type : "unknown";
}

void Worker::acknowledge() {
  if (!tags_done_.empty()) shop_.commands.ack(tags_done_);
  if (!tags_back_.empty()) shop_.commands.requeue(tags_back_);
  tags_done_.clear();
  tags_back_.clear();
}

}  // namespace waybill::outbox
