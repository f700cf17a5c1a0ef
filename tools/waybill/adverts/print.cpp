#include "tools/waybill/adverts/print.hpp"

#include <algorithm>

namespace waybill::tool::adverts {
namespace {

using advert::projections::Figures;

constexpr std::size_t kNarrowest = 12;

double revenue(const Figures& figures) {
  return figures.spent_impressions + figures.spent_clicks + figures.spent_expected;
}

template <class Say>
std::string line(const std::string& label, const std::vector<Column>& columns, Say say) {
  std::string text = fmt::format("{:<24}", label);
  for (const Column& column : columns) {
    const std::size_t width = std::max(column.name.size(), kNarrowest);
    text += fmt::format("  {:>{}}", say(column), width);
  }
  return text + '\n';
}

std::string whole(std::int64_t number) {
  return std::to_string(number);
}

std::string broken(double number) {
  return fmt::format("{:.4f}", number);
}

}  // namespace

std::string to_table(const std::vector<Column>& columns) {
  const auto row = [&](const std::string& label, auto say) {
    return line(label, columns, [say](const Column& column) { return say(column.figures); });
  };
  std::string table = line("", columns, [](const Column& column) { return column.name; });
  table += row("requests", [](const Figures& f) { return whole(f.requests); });
  table += row("  with the same ad", [](const Figures& f) { return whole(f.same); });
  table += row("  without an ad", [](const Figures& f) { return whole(f.without_ad); });
  table += row("impressions", [](const Figures& f) { return whole(f.impressions); });
  table += row("clicks", [](const Figures& f) { return whole(f.clicks); });
  table += row("  and expected ones", [](const Figures& f) { return broken(f.expected_clicks); });
  table += row("revenue", [](const Figures& f) { return broken(revenue(f)); });
  table += row("  of impressions", [](const Figures& f) { return broken(f.spent_impressions); });
  table += row("  of clicks", [](const Figures& f) { return broken(f.spent_clicks); });
  table += row("  of expected clicks", [](const Figures& f) { return broken(f.spent_expected); });
  table += row("relevance (mean)", [](const Figures& f) { return broken(f.relevance); });
  table += row("campaigns that ran", [](const Figures& f) { return whole(f.campaigns); });
  table += row("  at their limit", [](const Figures& f) { return whole(f.full); });
  table += row("fulfilment (mean)", [](const Figures& f) { return broken(f.fulfilment); });
  return table;
}

boost::json::array to_json(const std::vector<Column>& columns) {
  boost::json::array all;
  for (const Column& column : columns) {
    const Figures& f = column.figures;
    all.push_back(boost::json::object{{"formula", column.name},
                                      {"requests", f.requests},
                                      {"same_ad", f.same},
                                      {"without_ad", f.without_ad},
                                      {"impressions", f.impressions},
                                      {"clicks", f.clicks},
                                      {"expected_clicks", f.expected_clicks},
                                      {"revenue", revenue(f)},
                                      {"spent_impressions", f.spent_impressions},
                                      {"spent_clicks", f.spent_clicks},
                                      {"spent_expected_clicks", f.spent_expected},
                                      {"relevance", f.relevance},
                                      {"campaigns", f.campaigns},
                                      {"campaigns_at_limit", f.full},
                                      {"fulfilment", f.fulfilment}});
  }
  return all;
}

}  // namespace waybill::tool::adverts
