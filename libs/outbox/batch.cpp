#include "libs/outbox/batch.hpp"

#include <map>

#include <boost/json.hpp>

#include "libs/core/planted.hpp"
#include "libs/outbox/sql.hpp"

namespace waybill::outbox {
namespace {

namespace json = boost::json;

// All deliveries of one command: it is done once, and everybody who asked gets the outcome.
struct Work {
  std::vector<const Intake*> deliveries;  // never empty
  bool fresh = false;                     // to be handled; otherwise the inbox knew it
  std::vector<Id> answers;                // deferred commands that this one completed

  const Intake& command() const { return *deliveries.front(); }
};

// Work of a handler type, in order of arrival.
struct Group {
  const std::string* type;
  std::vector<Work*> works;
};

pg::Array waiters(const Work& work) {
  pg::Array queues;
  for (const Intake* delivery : work.deliveries) {
    if (delivery->reply_to) queues.add(delivery->reply_to->to_text());
  }
  return queues;
}

pg::Array array_of(const std::vector<Id>& ids) {
  pg::Array array;
  for (const Id& id : ids) array.add(id);
  return array;
}

std::vector<Id> parse_ids(std::string_view array) {
  std::vector<Id> ids;
  const json::value list = json::parse(json::string_view{array.data(), array.size()});
  for (const json::value& entry : list.as_array()) {
    const json::string& text = entry.as_string();
    if (const auto id = Id::parse({text.data(), text.size()})) ids.push_back(*id);
  }
  return ids;
}

common::v1::Outcome parse_outcome(const std::string& bytes) {
  common::v1::Outcome outcome;
  if (!outcome.ParseFromString(bytes)) throw pg::Error{"a stored outcome is broken"};
  return outcome;
}

// A fingerprint that either side does not give matches any other.
bool same_request(std::string_view known, const Intake& delivery) {
  return known.empty() || delivery.fingerprint.empty() || known == delivery.fingerprint;
}

Fault mismatch() {
  return unprocessable("idempotency-mismatch",
                       "This idempotency key was used for another request.");
}

const char* name_of(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::deferred:
      return "deferred";
    case Outcome::Kind::retry:
      return "retry";
    case Outcome::Kind::not_now:
    case Outcome::Kind::done:
      break;
  }
  return outcome.status < 400 ? "succeeded" : "refused";
}

class Batch {
 public:
  Batch(pg::Tx& tx, const Handlers& handlers, std::span<Intake* const> deliveries)
      : tx_{tx}, handlers_{handlers} {
    for (const Intake* delivery : deliveries) {
      auto [entry, first] = by_id_.try_emplace(delivery->id());
      if (first) order_.push_back(&entry->second);
      entry->second.deliveries.push_back(delivery);
    }
  }

  Aftermath run(cache::Cache& cache, const BeforeCommit& before_commit) {
    work();
    if (before_commit) before_commit(after_);
    commit(tx_, cache, out_, after_);
    return std::move(after_);
  }

  // Of a batch of one.
  Rehearsal rehearse() {
    work();
    tx_.exec(sql::flush);  // what would leave with COMMIT may break a constraint, too
    Rehearsal rehearsal;
    rehearsal.would = after_.handled.front().outcome;
    if (!after_.retries.empty()) rehearsal.reason = after_.retries.front().why;
    if (!finished_.empty()) rehearsal.outcome = finished_.begin()->second;
    return rehearsal;
  }

 private:
  // All but the COMMIT.
  void work() {
    claim();
    refuse_strangers();
    for (const Group& group : group_by_type()) handle(group);
    finish();
    write_out(tx_, out_, after_);
  }

  // Inbox rows first: another transaction that does one of these commands, even one whose
  // connection died within COMMIT, makes us wait here until its end.
  void claim() {
    pg::Array ids, types, fingerprints, callers, correlations, reply_to;
    for (const auto& [id, work] : by_id_) {
      const Intake& command = work.command();
      ids.add(id);
      types.add(command.type);
      fingerprints.add(command.fingerprint);
      callers.add(to_header(command.cause.caller));
      correlations.add(command.cause.trace.correlation_id);
      reply_to.add(waiters(work));
    }
    const pg::Rows inserted =
        tx_.exec(sql::insert_commands, ids, types, fingerprints, callers, correlations, reply_to);
    for (const pg::Row row : inserted) by_id_.at(row.id(0)).fresh = true;
    if (planted(Bug::no_inbox)) return make_all_fresh();
    if (inserted.size() < static_cast<int>(by_id_.size())) recall();
  }

  void make_all_fresh() {
    for (auto& [id, work] : by_id_) work.fresh = true;
  }

  // What the inbox says of the commands that it had already.
  void recall() {
    pg::Array ids;
    int expected = 0;
    for (const auto& [id, work] : by_id_) {
      if (work.fresh) continue;
      ids.add(id);
      ++expected;
    }
    const pg::Rows known = tx_.exec(sql::find_commands, ids);
    if (known.size() < expected) throw pg::TransientError{"an inbox row went while we looked"};
    for (const pg::Row row : known) recall(by_id_.at(row.id(0)), row);
  }

  void recall(Work& work, const pg::Row& row) {
    const Id& id = work.command().id();
    const bool reply = work.command().type == "waybill.order.v1.StockReserved";
    if (planted(Bug::reply_applied_twice) && reply) {
      work.fresh = true;
      return;
    }
    if (row.boolean(3)) {
      tx_.later(sql::revive_command, id, waiters(work));
      work.fresh = true;
      return;
    }
    std::erase_if(work.deliveries, [&](const Intake* delivery) {
      const bool same = same_request(row.text(1), *delivery);
      if (same) {
        note(*delivery, "duplicate");
      } else {
        refuse_stranger(*delivery);
      }
      return !same;
    });
    if (work.deliveries.empty()) return;
    if (row.is_null(2)) {
      tx_.later(sql::add_waiters, id, waiters(work));
    } else {
      answer(work, parse_outcome(row.bytes(2)));
      answer_completed(parse_ids(row.text(4)));
    }
  }

  // The outcomes that a command brought to others may not have reached them: its worker may have
  // died after the commit.
  void answer_completed(const std::vector<Id>& ids) {
    if (ids.empty()) return;
    for (const pg::Row row : tx_.exec(sql::find_answers, array_of(ids))) {
      after_.answers.add_all(row.text(1), parse_outcome(row.bytes(0)));
    }
  }

  // Within the batch, too, the first delivery of a command says what it is.
  void refuse_strangers() {
    for (Work* work : order_) {
      if (!work->fresh) continue;
      const std::string& fingerprint = work->command().fingerprint;
      std::erase_if(work->deliveries, [&](const Intake* delivery) {
        const bool stranger = !same_request(fingerprint, *delivery);
        if (stranger) refuse_stranger(*delivery);
        return stranger;
      });
    }
  }

  void refuse_stranger(const Intake& delivery) {
    note(delivery, "refused");
    if (!delivery.reply_to) return;
    after_.answers.add(*delivery.reply_to,
                       render(Outcome::refused(mismatch()), delivery.id(), delivery.cause));
  }

  std::vector<Group> group_by_type() {
    std::vector<Group> groups;
    for (Work* work : order_) {
      if (!work->fresh) continue;
      const std::string& type = work->command().type;
      auto group = std::find_if(groups.begin(), groups.end(),
                                [&](const Group& known) { return *known.type == type; });
      if (group == groups.end()) group = groups.insert(groups.end(), Group{&type, {}});
      group->works.push_back(work);
    }
    return groups;
  }

  void handle(const Group& group) {
    const Handlers::Batch* handler = handlers_.find(*group.type);
    if (handler == nullptr) throw std::runtime_error{"no handler for " + *group.type};
    std::vector<Handlers::Raw> raw;
    raw.reserve(group.works.size());
    for (const Work* work : group.works) {
      raw.push_back({work->command().cause, work->command().body, now_});
    }
    const std::vector<Outcome> outcomes = (*handler)(tx_, raw, out_);
    if (outcomes.size() != raw.size()) {
      throw std::logic_error{"a handler must give one outcome per command: " + *group.type};
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) decide(*group.works[i], outcomes[i]);
  }

  void decide(Work& work, const Outcome& outcome) {
    const Intake& command = work.command();
    for (const Intake* delivery : work.deliveries) {
      note(*delivery, delivery == &command ? name_of(outcome) : "duplicate");
      if (outcome.kind == Outcome::Kind::retry) after_.retries.push_back({delivery, outcome.why});
    }
    const bool forgotten =
        outcome.kind == Outcome::Kind::retry || outcome.kind == Outcome::Kind::not_now;
    if (forgotten) forgotten_.push_back(command.id());
    if (outcome.kind == Outcome::Kind::done || outcome.kind == Outcome::Kind::not_now) {
      common::v1::Outcome rendered = render(outcome, command.id(), command.cause);
      answer(work, rendered);
      if (!forgotten) finished_.emplace(command.id(), rendered.SerializeAsString());
    }
  }

  void answer(const Work& work, const common::v1::Outcome& outcome) {
    for (const Intake* delivery : work.deliveries) {
      if (delivery->reply_to) after_.answers.add(*delivery->reply_to, outcome);
    }
  }

  void finish() {
    for (const Writer::Completion& completion : out_.completions) {
      const auto work = by_id_.find(completion.by);
      if (work != by_id_.end()) work->second.answers.push_back(completion.command_id);
    }
    // As if they had never come: the retry ladder brings them back, or whoever sent them.
    if (!forgotten_.empty()) tx_.later(sql::delete_commands, array_of(forgotten_));
    if (finished_.empty()) return;
    pg::Array ids, outcomes, answers;
    for (const auto& [id, outcome] : finished_) {
      ids.add(id);
      outcomes.add(pg::bytes(outcome));
      answers.add(array_of(by_id_.at(id).answers));
    }
    tx_.later(sql::finish_commands, ids, outcomes, answers);
  }

  void note(const Intake& delivery, const char* outcome) {
    after_.handled.push_back({&delivery.type, outcome});
  }

  pg::Tx& tx_;
  const Handlers& handlers_;
  const Instant now_ = now();
  std::map<Id, Work> by_id_;
  std::vector<Work*> order_;  // of arrival
  Writer out_;
  std::map<Id, std::string> finished_;  // outcomes to store
  std::vector<Id> forgotten_;
  Aftermath after_;
};

// Columns of outbox rows, for unnest().
struct Columns {
  pg::Array channels, targets, keys, types, headers, payloads;

  void add(const Writer::Row& row) {
    channels.add(row.channel);
    targets.add(row.target);
    keys.add(row.key);
    types.add(row.type);
    headers.add(row.headers);
    payloads.add(pg::bytes(row.payload));
  }
};

OutboxRow to_outbox_row(const Writer::Row& row, const pg::Row& given) {
  return {.id = given.integer(0),
          .target = row.target,
          .key = row.key,
          .type = row.type,
          .payload = row.payload,
          .headers = parse_headers(row.headers),
          .at = given.instant(1)};
}

void insert_rows(pg::Tx& tx, const std::vector<Writer::Row>& rows, Aftermath& after) {
  Columns events, commands;
  std::vector<const Writer::Row*> express;
  for (const Writer::Row& row : rows) {
    const bool is_event = row.channel == "event";
    (is_event ? events : commands).add(row);
    if (!is_event) express.push_back(&row);
  }
  if (!express.empty()) {
    const auto& [channels, targets, keys, types, headers, payloads] = commands;
    std::size_t i = 0;
    for (const pg::Row given :
         tx.exec(sql::insert_express, channels, targets, keys, types, headers, payloads)) {
      after.commands.push_back(to_outbox_row(*express[i++], given));
    }
  }
  if (express.size() < rows.size()) {
    const auto& [channels, targets, keys, types, headers, payloads] = events;
    tx.later(sql::insert_outbox, channels, targets, keys, types, headers, payloads);
    after.events = true;
  }
}

// Outcomes of deferred commands; who waits for them stands in their inbox rows.
void complete(pg::Tx& tx, const std::vector<Writer::Completion>& completions, Aftermath& after) {
  std::map<Id, std::string> outcomes;
  for (const Writer::Completion& completion : completions) {
    outcomes.emplace(completion.command_id,
                     render(completion.outcome, completion.command_id, {}).SerializeAsString());
  }
  pg::Array ids, bodies;
  for (const auto& [id, outcome] : outcomes) {
    ids.add(id);
    bodies.add(pg::bytes(outcome));
  }
  for (const pg::Row row : tx.exec(sql::complete_commands, ids, bodies)) {
    after.answers.add_all(row.text(1), parse_outcome(row.bytes(0)));
  }
}

}  // namespace

Aftermath run_batch(pg::Connection& connection, cache::Cache& cache, const Handlers& handlers,
                    std::span<Intake* const> batch, const BeforeCommit& before_commit) {
  pg::Tx tx{connection};
  return Batch{tx, handlers, batch}.run(cache, before_commit);
}

Rehearsal rehearse(pg::Connection& connection, const Handlers& handlers, Intake& command) {
  pg::Tx tx{connection};
  Intake* const one = &command;
  return Batch{tx, handlers, {&one, 1}}.rehearse();
}

void write_out(pg::Tx& tx, const Writer& out, Aftermath& after) {
  if (!out.rows.empty()) insert_rows(tx, out.rows, after);
  if (!out.completions.empty()) complete(tx, out.completions, after);
}

void commit(pg::Tx& tx, cache::Cache& cache, const Writer& out, Aftermath& after) {
  const auto began = std::chrono::steady_clock::now();
  after.stale = cache.start_invalidating(out.invalidations);
  tx.commit();
  const bool slow = std::chrono::steady_clock::now() - began > cache::kTombstoneLife / 2;
  if (slow) after.stale = cache.start_invalidating(out.invalidations);
}

}  // namespace waybill::outbox
