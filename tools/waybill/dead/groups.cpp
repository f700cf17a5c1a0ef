#include "tools/waybill/dead/groups.hpp"

#include <cctype>

#include <boost/json.hpp>

#include "tools/waybill/audit/topic_file.hpp"

namespace waybill::tool::dead {
namespace {

constexpr std::size_t kIdLength = 36;
constexpr std::string_view kSomething = "…";

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// The length of the changing part that begins here; 0 for none.
std::size_t value_at(std::string_view text) {
  if (text.size() >= kIdLength && Id::parse(text.substr(0, kIdLength))) return kIdLength;
  if (text.front() == '"' || text.front() == '\'') {
    const std::size_t end = text.find(text.front(), 1);
    // Names of constraints and columns are quoted, too, and say what is wrong.
    if (end == std::string_view::npos) return 0;
    const std::string_view inside = text.substr(1, end - 1);
    const bool is_name =
        inside.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
    return is_name ? 0 : end + 1;
  }
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  return digits;
}

std::string short_type(const std::string& type) {
  return type.substr(type.rfind('.') + 1);
}

}  // namespace

std::string normalize_cause(std::string_view cause) {
  std::string normalized;
  while (!cause.empty()) {
    const std::size_t value = value_at(cause);
    if (value > 0) {
      normalized += kSomething;
    } else {
      normalized += cause.front();
    }
    cause.remove_prefix(std::max<std::size_t>(value, 1));
  }
  return normalized;
}

std::string group_of(const Letter& letter) {
  return audit::md5(letter.type + '\n' + normalize_cause(letter.cause)).substr(0, 6);
}

void Groups::add(const std::string& service, const Letter& letter) {
  const std::string id = group_of(letter);
  const auto [place, is_new] = groups_.try_emplace({service, id});
  Group& group = place->second;
  if (is_new) {
    group.id = id;
    group.service = service;
    group.type = letter.type;
    group.cause = letter.cause;
    group.sample = letter.command_id.to_string();
  }
  ++group.count;
  group.most_attempts = std::max(group.most_attempts, letter.attempts);
  const auto at = letter.first_failed_at ? letter.first_failed_at : letter.sent_at;
  if (!at) return;
  const std::string time = to_rfc3339(*at);
  if (group.first.empty() || time < group.first) group.first = time;
  group.last = std::max(group.last, time);
}

std::vector<Group> Groups::list() const {
  std::vector<Group> groups;
  for (const auto& [key, group] : groups_) groups.push_back(group);
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.count > b.count; });
  return groups;
}

std::string to_table(const std::vector<Group>& groups) {
  if (groups.empty()) return "No dead letters.\n";
  std::string text =
      fmt::format("{:<7} {:>6} {:<9} {:<20} {:<24} {:<24} {:>8}  {}\n", "GROUP", "COUNT", "SERVICE",
                  "TYPE", "FIRST", "LAST", "ATTEMPTS", "CAUSE, SAMPLE");
  for (const Group& group : groups) {
    text += fmt::format("{:<7} {:>6} {:<9} {:<20} {:<24} {:<24} {:>8}  {}\n{:>7} {}\n", group.id,
                        group.count, group.service, short_type(group.type), group.first, group.last,
                        group.most_attempts, group.cause, "", group.sample);
  }
  return text;
}

std::string to_json(const std::vector<Group>& groups) {
  boost::json::array list;
  for (const Group& group : groups) {
    list.push_back(boost::json::object{{"group", group.id},
                                       {"service", group.service},
                                       {"type", group.type},
                                       {"count", group.count},
                                       {"first", group.first},
                                       {"last", group.last},
                                       {"attempts", group.most_attempts},
                                       {"cause", group.cause},
                                       {"sample", group.sample}});
  }
  return boost::json::serialize(list) + "\n";
}

}  // namespace waybill::tool::dead
