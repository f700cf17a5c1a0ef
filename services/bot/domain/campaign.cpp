#include "services/bot/domain/campaign.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <boost/json.hpp>

#include "services/bot/domain/conversation.hpp"

namespace waybill::bot::domain {
namespace {

namespace json = boost::json;

constexpr std::array kProperties{
    Property{"ad_title", Text::f_title, ValueKind::text, 1'000},
    Property{"ad_text", Text::f_text, ValueKind::text, 20'000},
    Property{"impressions_limit", Text::f_views_limit, ValueKind::count},
    Property{"clicks_limit", Text::f_clicks_limit, ValueKind::count},
    Property{"cost_per_impression", Text::f_cpi, ValueKind::price},
    Property{"cost_per_click", Text::f_cpc, ValueKind::price},
    Property{"start_date", Text::f_first_day, ValueKind::day},
    Property{"end_date", Text::f_last_day, ValueKind::day},
    Property{"gender", Text::f_gender, ValueKind::gender},
    Property{"age_from", Text::f_age_from, ValueKind::age},
    Property{"age_to", Text::f_age_to, ValueKind::age},
    Property{"location", Text::f_location, ValueKind::location, 1'000},
};

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<json::value> read_price(std::string_view text) {
  std::string plain{text};
  if (const auto comma = plain.find(','); comma != std::string::npos) plain[comma] = '.';
  const auto price = read_number<double>(plain);
  if (!price || !std::isfinite(*price) || *price <= 0) return std::nullopt;
  return json::value(*price);
}

std::optional<json::value> read_whole(std::string_view text, bool may_be_negative) {
  const auto number = read_number<std::int32_t>(text);
  if (!number || (*number < 0 && !may_be_negative)) return std::nullopt;
  return json::value(static_cast<std::int64_t>(*number));
}

std::optional<json::value> read_text(std::string_view text, std::size_t longest) {
  if (text.empty() || utf16_length(text) > longest) return std::nullopt;
  return json::value(text);
}

}  // namespace

std::span<const Property> properties() {
  return kProperties;
}

const Property* find_property(std::string_view name) {
  for (const Property& property : kProperties) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

bool is_targeting(const Property& property) {
  return &property >= kProperties.data() + kOwnProperties;
}

std::optional<json::value> read_value(const Property& property, std::string_view text) {
  switch (property.kind) {
    case ValueKind::text:
      return read_text(text, property.longest);
    case ValueKind::count:
    case ValueKind::age:
      return read_whole(text, false);
    case ValueKind::price:
      return read_price(text);
    case ValueKind::day:
      return read_whole(text, true);
    case ValueKind::location:
      if (text == "-") return json::value(nullptr);
      return read_text(text, property.longest);
    case ValueKind::gender:
      break;  // by buttons
  }
  return std::nullopt;
}

Text want(const Property& property) {
  switch (property.kind) {
    case ValueKind::count:
    case ValueKind::age:
      return Text::bad_count;
    case ValueKind::price:
      return Text::bad_price;
    case ValueKind::day:
      return Text::bad_day;
    case ValueKind::gender:
      return Text::need_buttons;
    case ValueKind::text:
    case ValueKind::location:
      break;
  }
  return Text::bad_text;
}

std::optional<Ages> read_ages(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  Ages ages;
  const auto read = [](std::string_view side, json::value& age) {
    if (side.empty()) return true;
    const auto number = read_whole(side, false);
    if (number) age = *number;
    return number.has_value();
  };
  if (!read(text.substr(0, dash), ages.from) || !read(text.substr(dash + 1), ages.to)) {
    return std::nullopt;
  }
  return ages;
}

std::string show_value(const json::value* value, Language language) {
  if (!value || value->is_null()) return std::string{text_of(Text::any, language)};
  if (const auto* text = value->if_string()) return escape_html(cut(std::string_view{*text}, 300));
  if (const auto* price = value->if_double()) return fmt::format("{}", *price);
  return value->is_number() ? std::to_string(value->to_number<std::int64_t>()) : std::string{};
}

std::string show_gender(const json::value* value, Language language) {
  const auto* text = value ? value->if_string() : nullptr;
  Text words = Text::g_all;
  if (text && *text == "MALE") words = Text::g_male;
  if (text && *text == "FEMALE") words = Text::g_female;
  return std::string{text_of(words, language)};
}

std::string show_ages(const json::object& targeting, Language language) {
  const auto age = [&](const char* name) {
    const json::value* value = targeting.if_contains(name);
    return value && value->is_number() ? std::to_string(value->to_number<std::int64_t>())
                                       : std::string{};
  };
  const std::string from = age("age_from"), to = age("age_to");
  if (from.empty() && to.empty()) return std::string{text_of(Text::any, language)};
  return from + "-" + to;
}

}  // namespace waybill::bot::domain
