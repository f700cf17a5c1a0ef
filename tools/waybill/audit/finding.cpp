#include "tools/waybill/audit/finding.hpp"

namespace waybill::tool::audit {
namespace {

namespace json = boost::json;

std::string in_words(const json::object& ids) {
  std::string text;
  for (const auto& [name, value] : ids) {
    if (!text.empty()) text += ' ';
    const std::string_view key{name.data(), name.size()};
    const std::string word =
        value.is_string() ? std::string{value.get_string()} : json::serialize(value);
    text += fmt::format("{}={}", key, word);
  }
  return text;
}

json::object counts_of(const std::map<std::string, std::int64_t>& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

std::string list(const std::map<std::string, std::int64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", name, count);
  }
  return text;
}

std::string to_line(const HistoryTally& tally) {
  return fmt::format(
      "ok {}, lost {}, duplicated {}, recovered {}, stuck {}\n"
      "(refused {}, errors without effect {})\n",
      tally.ok, tally.lost, tally.duplicated, tally.recovered, tally.stuck, tally.refused,
      tally.undone);
}

}  // namespace

void Report::begin(std::string step, std::string service) {
  steps_.push_back({std::move(step), std::move(service)});
}

void Report::add(Finding finding) {
  ++total_;
  if (!steps_.empty()) ++steps_.back().differences;
  const std::int64_t known = ++counts_[finding.code];
  if (kept_ == 0 || known <= static_cast<std::int64_t>(kept_)) {
    findings_.push_back(std::move(finding));
  }
}

void Report::in_flight(const std::string& what, std::int64_t count) {
  if (count > 0) in_flight_[what] += count;
}

std::int64_t Report::count(const std::string& code) const {
  const auto found = counts_.find(code);
  return found == counts_.end() ? 0 : found->second;
}

std::int64_t Report::repeated(const std::string& topic) const {
  const auto found = repeated_.find(topic);
  return found == repeated_.end() ? 0 : found->second;
}

std::string Report::to_table() const {
  std::string text = fmt::format("{:<44} {:<10} {:>10}\n", "CHECK", "SERVICE", "LOOKED AT");
  for (const Step& step : steps_) {
    const std::string verdict =
        step.differences == 0 ? "ok" : fmt::format("{} DIFFER", step.differences);
    text += fmt::format("{:<44} {:<10} {:>10}   {}\n", step.name, step.service, step.looked_at,
                        verdict);
  }
  if (!findings_.empty()) text += '\n';
  for (const Finding& finding : findings_) {
    text += fmt::format("{:<24} {:<9} {}  {}\n", finding.code, finding.service,
                        in_words(finding.ids), finding.detail);
  }
  const auto named = static_cast<std::int64_t>(findings_.size());
  if (named < total_) text += fmt::format("… and {} more (--limit 0 names all)\n", total_ - named);
  text += '\n';
  if (!repeated_.empty()) {
    text += fmt::format("told again, word for word (consumers drop it): {}\n", list(repeated_));
  }
  if (!in_flight_.empty()) text += fmt::format("in flight: {}\n", list(in_flight_));
  if (settled_ms >= 0) text += fmt::format("quiet after {} ms\n", settled_ms);
  if (has_history) text += to_line(history);
  text += clean() ? "Clean: nothing lost, nothing twice.\n"
                  : fmt::format("NOT clean, {} differences: {}\n", total_, list(counts_));
  return text;
}

json::object Report::to_json() const {
  json::object report{{"clean", clean()},
                      {"at", to_rfc3339(began)},
                      {"since", since},
                      {"until", until},
                      {"counts", counts_of(counts_)},
                      {"repeated", counts_of(repeated_)},
                      {"in_flight", counts_of(in_flight_)}};
  report["settled_ms"] = settled_ms >= 0 ? json::value(settled_ms) : json::value(nullptr);
  json::array steps, differences;
  for (const Step& step : steps_) {
    steps.push_back(json::object{{"check", step.name},
                                 {"service", step.service},
                                 {"looked_at", step.looked_at},
                                 {"differences", step.differences}});
  }
  for (const Finding& finding : findings_) {
    differences.push_back(json::object{{"code", finding.code},
                                       {"service", finding.service},
                                       {"ids", finding.ids},
                                       {"detail", finding.detail}});
  }
  report["checks"] = std::move(steps);
  report["differences"] = std::move(differences);
  if (has_history) {
    report["history"] = json::object{{"ok", history.ok},
                                     {"lost", history.lost},
                                     {"duplicated", history.duplicated},
                                     {"recovered", history.recovered},
                                     {"stuck", history.stuck},
                                     {"refused", history.refused},
                                     {"undone", history.undone}};
  }
  return report;
}

}  // namespace waybill::tool::audit
