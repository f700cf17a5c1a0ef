#include "tools/waybill/audit/history.hpp"

#include <fstream>

#include "libs/core/id.hpp"
#include "tools/waybill/audit/sorted_file.hpp"
#include "tools/waybill/audit/steps.hpp"
#include "tools/waybill/connection.hpp"

namespace waybill::tool::audit {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

Answer classify(std::int64_t status) {
  if (status == 202) return Answer::accepted;
  if (status >= 200 && status < 300) return Answer::done;
  if (status == 408 || status == 425 || status == 429) return Answer::error;
  return status >= 400 && status < 500 ? Answer::refused : Answer::error;
}

// What all lines of a key say together.
struct Told {
  std::string key;
  bool done = false, accepted = false, refused = false, error = false;
  std::set<std::string> ids = {};

  void take(const HistoryLine& line) {
    done |= line.answer == Answer::done;
    accepted |= line.answer == Answer::accepted;
    refused |= line.answer == Answer::refused;
    error |= line.answer == Answer::error;
    if (!line.command_id.empty()) ids.insert(line.command_id);
  }

  // d: done, a: accepted, r: refused, e: nothing but errors; capital: an error came before.
  char mark() const {
    const char told = done ? 'd' : accepted ? 'a' : refused ? 'r' : 'e';
    return error && told != 'e' ? static_cast<char>(std::toupper(told)) : told;
  }
};

// Commands with what became of them, of all services: id, status (p: pending, x: dead), effect.
const std::string kCommands =
    "SELECT command_id, CASE WHEN dead THEN 'x' WHEN outcome IS NULL THEN 'p' ELSE (" + kStatus +
    ")::text END, true FROM inbox WHERE at >= " + kSince;
const std::string kOrderCommands =
    "SELECT i.command_id, CASE WHEN i.dead THEN 'x' WHEN i.outcome IS NULL THEN 'p' ELSE (" +
    kStatus +
    ")::text END, i.type <> 'waybill.order.v1.PlaceOrder' OR coalesce(o.status, 'REJECTED') NOT IN "
    "('REJECTED', 'PENDING') FROM inbox i LEFT JOIN orders o ON o.id = i.command_id "
    "WHERE i.at >= " +
    kSince;
const std::string kReferences =
    "SELECT reference, count(*), min(id::text), max(id::text) FROM orders "
    "WHERE reference IS NOT NULL AND created_at >= " +
    kSince + " GROUP BY reference ORDER BY reference COLLATE \"C\"";

class History {
 public:
  History(const Scene& scene, Report& report) : scene_{scene}, report_{report} {}

  void check() {
    report_.has_history = true;
    read_file();
    read_commands();
    SortedFile by_command = group_by_key();
    compare(by_command);
  }

 private:
  void read_file() {
    std::ifstream in{scene_.options.history};
    if (!in) throw UsageError{scene_.options.history + ": can't be read"};
    std::int64_t number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (line.empty()) continue;
      const auto parsed = parse_history_line(line);
      if (!parsed) {
        throw UsageError{fmt::format("{}:{}: no answer of a history (key, status, id)",
                                     scene_.options.history, number)};
      }
      by_key_.add(fmt::format("{}\t{}\t{}", parsed->key, static_cast<int>(parsed->answer),
                              parsed->command_id));
      report_.look();
    }
  }

  void read_commands() {
    for (const auto& [service, snapshot] : scene_.snapshots) {
      Cursor cursor{*snapshot, service == "order" ? kOrderCommands : kCommands};
      while (cursor.next()) {
        const pg::Row row = cursor.row();
        commands_.add(fmt::format("{}\t{}\t{}", row.text(0), row.text(1), row.boolean(2)));
      }
    }
  }

  // One line per key: command id, mark, key. Load generators may use the key as the order's
  // reference: that finds commands whose answers were lost, and orders made twice.
  SortedFile group_by_key() {
    SortedFile by_command;
    std::optional<Cursor> references;
    bool has_reference = false;
    if (Snapshot* orders = scene_.snapshot("order")) {
      references.emplace(*orders, kReferences);
      has_reference = references->next();
    }
    std::string line;
    bool has_line = by_key_.next(line);
    while (has_line) {
      Told told{.key = std::string{fields_of(line).at(0)}};
      while (has_line && fields_of(line).at(0) == told.key) {
        const auto fields = fields_of(line);
        told.take(
            {told.key, static_cast<Answer>(fields.at(1).at(0) - '0'), std::string{fields.at(2)}});
        has_line = by_key_.next(line);
      }
      while (has_reference && references->row().text(0) < told.key) {
        has_reference = references->next();
      }
      if (has_reference && references->row().text(0) == told.key) {
        told.ids.emplace(references->row().text(2));
        told.ids.emplace(references->row().text(3));
      }
      place(told, by_command);
    }
    return by_command;
  }

  void place(const Told& told, SortedFile& by_command) {
    if (told.ids.size() > 1) {
      ++report_.history.duplicated;
      std::string ids;
      for (const std::string& id : told.ids) ids += (ids.empty() ? "" : ", ") + id;
      add("answer-done-twice", told.key, *told.ids.begin(),
          "one key, more than one effect: " + ids);
    } else if (told.ids.empty()) {
      nameless(told);
    } else {
      by_command.add(fmt::format("{}\t{}\t{}", *told.ids.begin(), told.mark(), told.key));
    }
  }

  void nameless(const Told& told) {
    if (told.mark() == 'e') {
      ++report_.history.undone;
    } else if (std::tolower(told.mark()) == 'r') {
      ++report_.history.refused;
    } else {
      ++report_.history.lost;
      add("answer-lost", told.key, "", "was answered, but without an id");
    }
  }

  void compare(SortedFile& by_command) {
    std::string line, command, previous;
    bool has_command = commands_.next(command);
    while (by_command.next(line)) {
      const auto fields = fields_of(line);
      const std::string id{fields.at(0)};
      const std::string key{fields.at(2)};
      if (id == previous) {
        ++report_.history.lost;
        add("answer-lost", key, id, "another key got the same answer: one of the two was not done");
        continue;
      }
      previous = id;
      while (has_command && fields_of(command).at(0) < id) has_command = commands_.next(command);
      const bool there = has_command && fields_of(command).at(0) == id;
      judge(fields.at(1).at(0), key, id, there ? command : std::string{});
    }
  }

  void judge(char mark, const std::string& key, const std::string& id, const std::string& command) {
    HistoryTally& tally = report_.history;
    const bool told_done = std::tolower(mark) == 'd';
    const bool told_taken = told_done || std::tolower(mark) == 'a';
    if (command.empty()) {
      if (told_taken) return lose(key, id, "no inbox knows it");
      ++(std::tolower(mark) == 'r' ? tally.refused : tally.undone);
      return;
    }
    const auto fields = fields_of(command);
    const std::string_view status = fields.at(1);
    if (status == "p" || status == "x") {
      ++tally.stuck;
      return add("answer-stuck", key, id, status == "p" ? "has no outcome" : "is dead");
    }
    const bool effective = status.starts_with('2') && fields.at(2) == "true";
    if (told_done && !effective) {
      return lose(key, id, fmt::format("its outcome is {}, and the effect is not there", status));
    }
    if (std::tolower(mark) == 'r' && effective) {
      ++tally.duplicated;
      return add("answer-refused-but-done", key, id, "was refused, but took effect");
    }
    if (!effective) {
      ++tally.refused;
    } else {
      ++(mark == 'd' || mark == 'a' ? tally.ok : tally.recovered);
    }
  }

  void lose(const std::string& key, const std::string& id, std::string detail) {
    ++report_.history.lost;
    add("answer-lost", key, id, "was acknowledged, but " + std::move(detail));
  }

  void add(const char* code, const std::string& key, const std::string& id, std::string detail) {
    report_.add({code, "all", {{"key", key}, {"command_id", id}}, std::move(detail)});
  }

  const Scene& scene_;
  Report& report_;
  SortedFile by_key_;
  SortedFile commands_;
};

}  // namespace

std::optional<HistoryLine> parse_history_line(std::string_view line) {
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view{line.data(), line.size()}, error);
  if (error || !value.is_object()) return std::nullopt;
  const json::object& object = value.get_object();
  const json::value* status = object.if_contains("status");
  HistoryLine parsed{.key = text(object, "key")};
  if (parsed.key.empty() || !status || !status->is_int64()) return std::nullopt;
  std::replace_if(
      parsed.key.begin(), parsed.key.end(), [](char c) { return c == '\t'; }, ' ');
  parsed.answer = classify(status->get_int64());
  const std::string method = text(object, "method");
  const bool creates = method.empty() || method == "POST";
  parsed.command_id = text(object, "command_id");
  if (parsed.command_id.empty() && creates) parsed.command_id = text(object, "id");
  const bool valid = parsed.command_id.empty() || Id::parse(parsed.command_id).has_value();
  // An acknowledged change that names no command can't be looked up.
  if (!valid || (parsed.answer == Answer::done && parsed.command_id.empty())) return std::nullopt;
  return parsed;
}

void check_history(const Scene& scene, Report& report) {
  report.begin("answers and effects agree", "all");
  History{scene, report}.check();
}

}  // namespace waybill::tool::audit
