#include "libs/core/zone.hpp"

#include <charconv>

#include <date/tz.h>

namespace waybill {
namespace {

namespace chrono = std::chrono;

}  // namespace

struct Zone::Impl {
  const date::time_zone* zone;
  std::string name;
};

std::string format_day(Day day) {
  const chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t length) {
    unsigned value = 0;
    const char* first = text.data() + from;
    const auto [end, failed] = std::from_chars(first, first + length, value);
    return failed == std::errc{} && end == first + length ? value : 0;
  };
  const chrono::year_month_day date{chrono::year{static_cast<int>(number(0, 4))},
                                    chrono::month{number(5, 2)}, chrono::day{number(8, 2)}};
  if (!date.ok() || date.year() < chrono::year{1}) return std::nullopt;
  return Day{date};
}

std::optional<Zone> Zone::find(const std::string& name) {
  try {
    return Zone{std::make_shared<const Impl>(Impl{date::locate_zone(name), name})};
  } catch (const std::runtime_error&) {  // how the library says that there is none
    return std::nullopt;
  }
}

const std::string& Zone::name() const {
  return impl_->name;
}

LocalTime Zone::local(Instant at) const {
  const auto info =
      impl_->zone->get_info(date::sys_seconds{chrono::floor<seconds>(at).time_since_epoch()});
  return LocalTime{chrono::floor<chrono::minutes>(at.time_since_epoch() + info.offset)};
}

Day Zone::day_of(Instant at) const {
  return Day{chrono::floor<chrono::days>(local(at).time_since_epoch())};
}

Instant Zone::instant(LocalTime time) const {
  const auto info = impl_->zone->get_info(date::local_seconds{time.time_since_epoch()});
  if (info.result == date::local_info::nonexistent)
    return Instant{info.first.end.time_since_epoch()};
  return Instant{chrono::seconds{time.time_since_epoch()} - info.first.offset};
}

Instant Zone::start_of(Day day) const {
  return instant(LocalTime{day.time_since_epoch()});
}

}  // namespace waybill
