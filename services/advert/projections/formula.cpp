#include "services/advert/projections/formula.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace waybill::advert::projections {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, number);
  return failed == std::errc{} && end == last && std::isfinite(static_cast<double>(number));
}

// Cuts `text` at the first `mark`; gives what stands before it.
std::string_view cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return head;
}

bool read_weights(std::string_view text, domain::Weights& weights) {
  for (double* weight : {&weights.price, &weights.relevance, &weights.fill}) {
    if (!read_number(cut(text, ','), *weight)) return false;
  }
  return text.empty();
}

bool read_limit(std::string_view campaign, std::string_view text, Formula& formula) {
  const auto id = Id::parse(campaign);
  std::int32_t limit = 0;
  if (!id || !read_number(text, limit) || limit < 0) return false;
  formula.limit_of[*id] = limit;
  return true;
}

bool read_word(std::string_view name, std::string_view value, Formula& formula) {
  if (name == "weights") return read_weights(value, formula.weights);
  if (name == "pacing-share") return read_number(value, formula.pacing_share);
  if (name == "limits") return read_number(value, formula.limits) && formula.limits >= 0;
  if (name == "pacing") {
    formula.pacing = value == "on";
    return value == "on" || value == "off";
  }
  if (name == "fill-term") {
    formula.weights.fill_term =
        value == "count" ? domain::FillTerm::count : domain::FillTerm::share;
    return value == "count" || value == "share";
  }
  return name.starts_with("limit:") && read_limit(name.substr(6), value, formula);
}

}  // namespace

Result<Formula> parse_formula(std::string_view text) {
  Formula formula;
  while (!text.empty()) {
    const std::string_view word = cut(text, ' ');
    if (word.empty()) continue;
    std::string_view value = word;
    const std::string_view name = cut(value, '=');
    if (read_word(name, value, formula)) continue;
    return invalid(fmt::format(
        "'{}' is no part of a formula: weights=0.9,0.25,0.15 fill-term=share|count pacing=on|off "
        "pacing-share=0.5 limits=1.2 limit:<campaign id>=300",
        word));
  }
  return formula;
}

}  // namespace waybill::advert::projections
