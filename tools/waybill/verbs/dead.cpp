// waybill dead list|show|retry|discard
#include <cstdio>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/dead/groups.hpp"
#include "tools/waybill/dead/print.hpp"
#include "tools/waybill/dead/redrive.hpp"
#include "tools/waybill/operator.hpp"
#include "tools/waybill/servers.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill dead list                                    all services, grouped by cause
  waybill dead show 0190…                              one letter, personal data masked
  waybill dead show 3fa2c1 --reveal --reason "ticket 512"
  waybill dead retry --service order --group 3fa2c1 --dry-run
  waybill dead retry --service order --group 3fa2c1 --rate 20
  waybill dead retry --service order 0190… 0191…       by command id
  waybill dead discard --service order --group 3fa2c1 --reason "tests of a partner, agreed"

A retry begins the ladder of retries anew; whatever was done already is not done again. A dry run
asks the service, which handles each command in a transaction that it rolls back. An interrupted
retry or discard may be repeated: nothing is lost, nothing done twice.
Exit codes: 0 done (a dry run: all would pass), 1 something was not, 2 the command line is wrong.)";

struct DeadFlags {
  RabbitFlags rabbit;
  std::string service;
  std::vector<std::string> ids;
  dead::Choice choice;
  double rate = 50;
  std::string reason;
  bool dry_run = false;
  bool reveal = false;
  bool json = false;
};

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
}

// The services that are meant: the one that was named, or all whose database is known.
std::vector<std::string> services_of(const DeadFlags& flags) {
  if (!flags.service.empty()) return {flags.service};
  std::vector<std::string> services;
  for (const auto& [service, url] : databases_to_read()) services.push_back(service);
  if (services.empty()) {
    throw UsageError{"no service is known: name one with --service, or set WAYBILL_DATABASE_*"};
  }
  return services;
}

int list(const DeadFlags& flags) {
  const auto rabbit = flags.rabbit.connect();
  dead::Groups groups;
  for (const std::string& service : services_of(flags)) {
    dead::Letters letters{*rabbit, service};
    std::size_t seen = 0;
    for (; const auto letter = letters.next(); ++seen) groups.add(service, *letter);
    if (seen < letters.waiting()) {
      std::fputs(fmt::format("waybill: {} of {} letters of {} were looked at\n", seen,
                             letters.waiting(), service)
                     .c_str(),
                 stderr);
    }
  }
  print(flags.json ? dead::to_json(groups.list()) : dead::to_table(groups.list()));
  return 0;
}

// Ids may be command ids or groups: nobody should have to say which.
bool is_asked_for(const std::vector<std::string>& ids, const dead::Letter& letter) {
  return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
    return id == letter.command_id.to_string() || id == letter.message.message_id ||
           id == dead::group_of(letter);
  });
}

int show(const DeadFlags& flags) {
  if (flags.reveal && flags.reason.empty()) {
    throw UsageError{"--reveal shows personal data and needs a --reason, which is kept"};
  }
  const auto rabbit = flags.rabbit.connect();
  int shown = 0;
  for (const std::string& service : services_of(flags)) {
    dead::Letters letters{*rabbit, service};
    while (const auto letter = letters.next()) {
      if (!is_asked_for(flags.ids, *letter)) continue;
      if (flags.reveal) {  // written down first: who can't be held to it sees nothing
        note_act(database_of(databases_to_write(), service), "reveal",
                 letter->command_id.to_string(), flags.reason);
      }
      print(boost::json::serialize(dead::to_json(*letter, flags.reveal)) + "\n");
      ++shown;
    }
  }
  if (shown == 0) std::fputs("waybill: there is no such dead letter\n", stderr);
  return shown == 0 ? 1 : 0;
}

dead::Choice choice_of(const DeadFlags& flags) {
  dead::Choice choice = flags.choice;
  choice.ids.insert(flags.ids.begin(), flags.ids.end());
  const int ways =
      (choice.all ? 1 : 0) + (choice.group.empty() ? 0 : 1) + (choice.ids.empty() ? 0 : 1);
  if (ways != 1) throw UsageError{"name command ids, or a --group, or --all: one of the three"};
  return choice;
}

int rehearse(const DeadFlags& flags, const dead::Choice& choice) {
  const auto rabbit = flags.rabbit.connect();
  const auto found = dead::rehearse(*rabbit, flags.service, choice, flags.rate);
  print(fmt::format("would pass {}, would fail {}, no answer {}\n", found.passing(),
                    found.failing(), found.unanswered));
  for (const auto& [verdict, count] : found.would) print(fmt::format("  {} {}\n", verdict, count));
  for (const auto& [reason, id] : found.reasons) print(fmt::format("  {}: {}\n", id, reason));
  if (found.unanswered > 0) print("Does the service run?\n");
  return found.failing() == 0 && found.unanswered == 0 ? 0 : 1;
}

int retry(const DeadFlags& flags) {
  const dead::Choice choice = choice_of(flags);
  if (flags.rate <= 0) throw UsageError{"--rate must be more than 0"};
  if (flags.dry_run) return rehearse(flags, choice);
  const auto rabbit = flags.rabbit.connect();
  const auto outcome = dead::retry(*rabbit, flags.service, choice, flags.rate);
  print(fmt::format("sent again {}, not taken {}, left {}\n", outcome.done, outcome.failed,
                    outcome.left));
  return outcome.failed == 0 && outcome.done > 0 ? 0 : 1;
}

int discard(const DeadFlags& flags) {
  const dead::Choice choice = choice_of(flags);
  const auto rabbit = flags.rabbit.connect();
  const std::string url = database_of(databases_to_write(), flags.service);
  const auto outcome = dead::discard(*rabbit, flags.service, url, choice, flags.reason);
  print(fmt::format("discarded {}, left {}\n", outcome.done, outcome.left));
  return outcome.done > 0 ? 0 : 1;
}

using Work = int (*)(const DeadFlags&);

CLI::App* add_work(CLI::App& dead, const std::string& name, const std::string& purpose, Work work,
                   const std::shared_ptr<DeadFlags>& flags, Action& chosen) {
  CLI::App* verb = dead.add_subcommand(name, purpose);
  flags->rabbit.add_to(*verb);
  verb->footer(kExamples);
  verb->callback([flags, work, &chosen] { chosen = [flags, work] { return work(*flags); }; });
  return verb;
}

void add_choice(CLI::App& verb, DeadFlags& flags) {
  verb.add_option("--service", flags.service, "whose letters")->required();
  verb.add_option("ids", flags.ids, "command ids");
  verb.add_option("--group", flags.choice.group, "all of this group (see list)");
  verb.add_flag("--all", flags.choice.all, "all letters of the service");
}

}  // namespace

void add_dead(CLI::App& program, Action& chosen) {
  CLI::App* dead = program.add_subcommand("dead", "looks after commands that nobody could do");
  dead->require_subcommand(1);
  dead->footer(kExamples);
  const auto listed = std::make_shared<DeadFlags>();
  CLI::App* verb = add_work(*dead, "list", "groups by cause", list, listed, chosen);
  verb->add_option("--service", listed->service, "of this service only");
  verb->add_flag("--json", listed->json, "for machines");

  const auto shown = std::make_shared<DeadFlags>();
  verb = add_work(*dead, "show", "prints letters as JSON", show, shown, chosen);
  verb->add_option("ids", shown->ids, "command ids or groups")->required();
  verb->add_option("--service", shown->service, "of this service only");
  verb->add_flag("--reveal", shown->reveal, "personal data, too; needs --reason");
  verb->add_option("--reason", shown->reason, "why it must be seen; kept in operator_act");

  const auto retried = std::make_shared<DeadFlags>();
  verb = add_work(*dead, "retry", "sends letters to their service again", retry, retried, chosen);
  add_choice(*verb, *retried);
  verb->add_option("--rate", retried->rate, "per second")->capture_default_str();
  verb->add_flag("--dry-run", retried->dry_run, "only ask the service what would become of them");

  const auto discarded = std::make_shared<DeadFlags>();
  verb = add_work(*dead, "discard", "gives letters up for good", discard, discarded, chosen);
  add_choice(*verb, *discarded);
  verb->add_option("--reason", discarded->reason, "why; kept in discarded_command")
      ->required()
      ->check([](const std::string& text) {
        return text.find_first_not_of(' ') == std::string::npos ? "a reason says something" : "";
      });
}

}  // namespace waybill::tool
