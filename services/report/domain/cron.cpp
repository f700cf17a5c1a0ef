#include "services/report/domain/cron.hpp"

#include <array>
#include <charconv>
#include <vector>

namespace waybill::report::domain {
namespace {

namespace chrono = std::chrono;

// 29 February on a certain day of the week comes again within forty years, also around 2100.
constexpr chrono::days farthest{366 * 40};

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};

struct FieldRule {
  const char* name;
  int first;
  int last;
  std::span<const std::string_view> names = {};
  int first_name = 0;
};

Fault bad_field(const FieldRule& rule, std::string_view text) {
  return invalid(fmt::format("'{}' is no {} of a cron expression ({} to {})", text, rule.name,
                             rule.first, rule.last));
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::optional<int> read_number(std::string_view text) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || text.front() == '-') {
    return std::nullopt;
  }
  return value;
}

std::optional<int> read_value(const FieldRule& rule, std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto named = std::find(rule.names.begin(), rule.names.end(), lower(text));
  if (named != rule.names.end()) {
    return rule.first_name + static_cast<int>(named - rule.names.begin());
  }
  const auto value = read_number(text);
  return value && *value >= rule.first && *value <= rule.last ? value : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// "*", "3", "3-7", each with "/2" behind it: first, last, step. A step behind a single value means
// from there on.
std::optional<std::array<int, 3>> read_range(const FieldRule& rule, std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view range = text.substr(0, slash);
  std::optional<int> step = 1;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    step = digits.empty() ? std::nullopt : read_number(digits);
    if (!step || *step < 1) return std::nullopt;
  }
  if (range == "*") return std::array{rule.first, rule.last, *step};
  const std::size_t dash = range.find('-');
  const auto first = read_value(rule, range.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash == std::string_view::npos) {
    return std::array{*first, slash == std::string_view::npos ? *first : rule.last, *step};
  }
  const auto last = read_value(rule, range.substr(dash + 1));
  if (!last || *last < *first) return std::nullopt;
  return std::array{*first, *last, *step};
}

template <std::size_t Size>
Result<std::bitset<Size>> read_field(const FieldRule& rule, std::string_view text) {
  std::bitset<Size> values;
  for (const std::string_view part : split(text, ",")) {
    const auto range = read_range(rule, part);
    if (!range) return bad_field(rule, part);
    for (int value = (*range)[0]; value <= (*range)[1]; value += (*range)[2]) {
      values.set(static_cast<std::size_t>(value) % Size);
    }
  }
  return values;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found = split(text, " \t");
  std::erase_if(found, [](std::string_view word) { return word.empty(); });
  return found;
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  const std::vector<std::string_view> fields = words(text);
  if (fields.size() != 5) {
    return invalid(fmt::format("'{}' is no cron expression: it has five fields", text));
  }
  const auto minutes = read_field<60>({"minute", 0, 59}, fields[0]);
  if (!minutes) return minutes.error();
  const auto hours = read_field<24>({"hour", 0, 23}, fields[1]);
  if (!hours) return hours.error();
  const auto days = read_field<32>({"day of month", 1, 31}, fields[2]);
  if (!days) return days.error();
  const auto months = read_field<13>({"month", 1, 12, month_names, 1}, fields[3]);
  if (!months) return months.error();
  const auto weekdays = read_field<7>({"day of week", 0, 7, weekday_names, 0}, fields[4]);
  if (!weekdays) return weekdays.error();
  Cron cron;
  cron.minutes_ = *minutes;
  cron.hours_ = *hours;
  cron.days_ = *days;
  cron.months_ = *months;
  cron.weekdays_ = *weekdays;
  cron.any_day_ = fields[2].starts_with('*');
  cron.any_weekday_ = fields[4].starts_with('*');
  const LocalTime leap_year{Day{chrono::year{2096} / 1 / 1}.time_since_epoch()};
  if (!cron.next_local(leap_year)) {
    return invalid(fmt::format("'{}' is a day that never comes", text));
  }
  return cron;
}

bool Cron::matches_day(chrono::year_month_day date) const {
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool day = days_.test(static_cast<unsigned>(date.day()));
  const bool weekday = weekdays_.test(chrono::weekday{Day{date}}.c_encoding());
  if (any_day_ || any_weekday_) return day && weekday;
  return day || weekday;
}

bool Cron::matches(LocalTime time) const {
  const auto midnight = chrono::floor<chrono::days>(time);
  const chrono::hh_mm_ss clock{time - midnight};
  return matches_day(chrono::year_month_day{Day{midnight.time_since_epoch()}}) &&
         hours_.test(static_cast<std::size_t>(clock.hours().count())) &&
         minutes_.test(static_cast<std::size_t>(clock.minutes().count()));
}

// `from` or later.
std::optional<LocalTime> Cron::next_local(LocalTime from) const {
  const auto first = chrono::floor<chrono::days>(from);
  for (auto day = first; day <= first + farthest; day += chrono::days{1}) {
    if (!matches_day(chrono::year_month_day{Day{day.time_since_epoch()}})) continue;
    for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
      if (!hours_.test(hour)) continue;
      for (std::size_t minute = 0; minute < minutes_.size(); ++minute) {
        if (!minutes_.test(minute)) continue;
        const LocalTime time = day + chrono::hours{hour} + chrono::minutes{minute};
        if (time >= from) return time;
      }
    }
  }
  return std::nullopt;
}

Instant Cron::next(Instant after, const Zone& zone) const {
  // A clock that was put back shows times again that have been: those are not behind `after`.
  LocalTime from = zone.local(after) - chrono::hours{3};
  while (true) {
    const LocalTime time = next_local(from).value();
    const Instant at = zone.instant(time);
    if (at > after) return at;
    from = time + chrono::minutes{1};
  }
}

}  // namespace waybill::report::domain
