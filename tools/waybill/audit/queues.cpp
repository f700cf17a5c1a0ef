// Dead letters against inboxes, and what lies in queues.
#include "libs/messaging/retry_ladder.hpp"
#include "tools/waybill/audit/sorted_file.hpp"
#include "tools/waybill/audit/steps.hpp"
#include "tools/waybill/dead/letters.hpp"

namespace waybill::tool::audit {
namespace {

const std::string kDead =
    "SELECT i.command_id, i.type FROM inbox i WHERE i.dead AND " + in_range("i.at") +
    " AND NOT EXISTS (SELECT FROM discarded_command d WHERE d.command_id = i.command_id) "
    "ORDER BY i.command_id";

constexpr pg::Statement is_dead{"is_dead", "SELECT dead FROM inbox WHERE command_id = $1::uuid"};

void note_waiting(const Scene& scene, const std::string& queue, Report& report) {
  messaging::RabbitBroker& rabbit = scene.platform.rabbit;
  const auto ready = [&](const std::string& name) {
    return static_cast<std::int64_t>(rabbit.ready(name).value_or(0));
  };
  report.in_flight("commands in queue " + queue, ready(queue));
  std::int64_t retries = 0;
  for (std::size_t step = 1; step <= messaging::QueueOptions{}.retries.size(); ++step) {
    retries += ready(messaging::retry_queue(queue, step));
  }
  report.in_flight("commands on the retry ladder of " + queue, retries);
}

// The letters are named; their ids come back in order.
SortedFile name_letters(const Scene& scene, const std::string& service,
                        dead::EmptyQueue empty_queue, bool& all, Report& report) {
  dead::Letters letters{scene.platform.rabbit, service, dead::kMostLetters, empty_queue};
  SortedFile ids;
  std::size_t seen = 0;
  while (const auto letter = letters.next()) {
    ++seen;
    ids.add(letter->command_id.to_string());
    const bool old = scene.options.since && letter->first_failed_at &&
                     *letter->first_failed_at < *scene.options.since;
    if (old) continue;
    report.look();
    report.add({"command-dead",
                service,
                {{"command_id", letter->command_id.to_string()}, {"type", letter->type}},
                fmt::format("is in {} after {} attempts: {}", messaging::dead_queue(service),
                            letter->attempts, letter->cause)});
  }
  all = seen == letters.waiting();
  return ids;
}

// Somebody may have taken the letter out since our snapshot: then the inbox says something else.
bool still_dead(const Scene& scene, const std::string& service, const std::string& id) {
  Snapshot present{scene.platform.databases.at(service), scene.limits};
  const pg::Rows rows = present.tx().exec(is_dead, id);
  return !rows.empty() && rows[0].boolean(0);
}

}  // namespace

void check_queues(const Scene& scene, const Model& model, Report& report) {
  report.begin("dead letters", model.service);
  note_waiting(scene, model.service, report);
  Cursor buried{*scene.snapshot(model.service), kDead};
  bool has_buried = buried.next();
  bool all = true;
  SortedFile letters = name_letters(
      scene, model.service, has_buried ? dead::EmptyQueue::look_again : dead::EmptyQueue::believe,
      all, report);
  if (!all) return;  // too many to say that one is missing
  std::string letter;
  bool has_letter = letters.next(letter);
  for (; has_buried; has_buried = buried.next()) {
    const std::string id{buried.row().text(0)};
    while (has_letter && letter < id) has_letter = letters.next(letter);
    if (has_letter && letter == id) continue;
    if (!still_dead(scene, model.service, id)) continue;
    report.add({"dead-letter-lost",
                model.service,
                {{"command_id", id}, {"type", buried.row().text(1)}},
                "the inbox calls it dead, but it is not in " +
                    messaging::dead_queue(model.service) + ", and nobody discarded it"});
  }
}

}  // namespace waybill::tool::audit
