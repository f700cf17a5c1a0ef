// Saga commands that were sent against the inboxes of those they were sent to.
#include "libs/messaging/retry_ladder.hpp"
#include "tools/waybill/audit/steps.hpp"

namespace waybill::tool::audit {
namespace {

std::string sent_to(const std::string& queue) {
  return "SELECT key, type, sent_at FROM outbox_sent WHERE channel = 'command' AND target = '" +
         queue + "' AND " + in_range("sent_at") + " ORDER BY key COLLATE \"C\"";
}

const std::string kTaken = "SELECT command_id FROM inbox ORDER BY command_id";

// Commands that lie in a service's queue or on its ladder: not lost, only not taken yet.
std::size_t waiting_in(messaging::RabbitBroker& rabbit, const std::string& queue) {
  std::size_t waiting = rabbit.ready(queue).value_or(0);
  const std::size_t steps = messaging::QueueOptions{}.retries.size();
  for (std::size_t step = 1; step <= steps; ++step) {
    waiting += rabbit.ready(messaging::retry_queue(queue, step)).value_or(0);
  }
  return waiting + rabbit.ready(messaging::dead_queue(queue)).value_or(0);
}

void compare(const Scene& scene, const std::string& from, const std::string& to, Report& report) {
  Cursor sent{*scene.snapshot(from), sent_to(to)};
  Cursor taken{*scene.snapshot(to), kTaken};
  std::vector<Finding> untaken;
  const std::size_t waiting = waiting_in(scene.platform.rabbit, to);
  bool has_taken = taken.next();
  std::int64_t missing = 0;
  while (sent.next()) {
    report.look();
    const std::string_view id = sent.row().text(0);
    while (has_taken && taken.row().text(0) < id) has_taken = taken.next();
    if (has_taken && taken.row().text(0) == id) continue;
    ++missing;
    if (untaken.size() > scene.options.kept) continue;
    untaken.push_back({"command-lost",
                       to,
                       {{"command_id", id}},
                       fmt::format("{} from {} is in no inbox; sent {}", sent.row().text(1), from,
                                   sent.row().text(2))});
  }
  // Which of them lie in the queue can't be seen from outside; as many as lie there may.
  if (missing <= static_cast<std::int64_t>(waiting)) {
    report.in_flight("saga commands to " + to, missing);
    return;
  }
  for (Finding& finding : untaken) report.add(std::move(finding));
}

}  // namespace

void check_saga_commands(const Scene& scene, Report& report) {
  report.begin("saga commands arrived", "all");
  for (const auto& [from, own] : scene.snapshots) {
    for (const auto& [to, theirs] : scene.snapshots) {
      if (from != to) compare(scene, from, to, report);
    }
  }
}

}  // namespace waybill::tool::audit
