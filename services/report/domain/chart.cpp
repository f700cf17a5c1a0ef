#include "services/report/domain/chart.hpp"

#include <algorithm>
#include <cmath>

namespace waybill::report::domain {
namespace {

// The plot within the picture.
constexpr double width = 960, height = 480;
constexpr double left = 70, right = width - 90, top = 60, bottom = height - 70;
constexpr int grid_lines = 5;
constexpr int most_day_labels = 16;
constexpr const char* bar_color = "#4f7cac";
constexpr const char* line_color = "#d1603d";
constexpr const char* text_color = "#333333";
constexpr const char* grid_color = "#dddddd";

// 1, 2 or 5 times a power of ten, so that grid_lines of them hold the greatest value.
double nice_step(double most, double least) {
  const double raw = std::max(most / grid_lines, least);
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (factor * power >= raw * 0.999999) return factor * power;
  }
  return 10 * power;
}

// Up from the bottom of the plot.
double y_of(double value, double step) {
  return bottom - (bottom - top) * value / (step * grid_lines);
}

void append_text(std::string& svg, double x, double y, const char* anchor, const std::string& text,
                 const char* color = text_color, int size = 13) {
  svg += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}" font-size="{}">)", x,
                     y, anchor, color, size);
  for (const char c : text) {
    if (c == '&') {
      svg += "&amp;";
    } else if (c == '<') {
      svg += "&lt;";
    } else {
      svg += c;
    }
  }
  svg += "</text>\n";
}

void append_line(std::string& svg, double x1, double y1, double x2, double y2, const char* color) {
  svg += fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>)"
                     "\n",
                     x1, y1, x2, y2, color);
}

// "12,500"; amounts below ten with their cents.
std::string axis_label(double value, bool with_cents) {
  if (with_cents) return fmt::format("{:.2f}", value);
  std::string digits = fmt::format("{:.0f}", value);
  for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart) : chart_{chart}, slot_{(right - left) / slots()} {
    double orders = 0, revenue = 0;
    for (const ChartDay& day : chart.days) {
      orders = std::max(orders, static_cast<double>(day.orders));
      revenue = std::max(revenue, static_cast<double>(day.revenue) / 100);
    }
    order_step_ = nice_step(orders, 1);
    revenue_step_ = nice_step(revenue, 0.1);
  }

  std::string draw() {
    svg_ =
        fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" )"
                    R"(viewBox="0 0 {0:.0f} {1:.0f}" font-family="DejaVu Sans, Arial, sans-serif">)"
                    "\n"
                    R"(<rect width="100%" height="100%" fill="#ffffff"/>)"
                    "\n",
                    width, height);
    append_text(svg_, left, 26, "start", chart_.title, text_color, 17);
    draw_legend();
    draw_grid();
    draw_bars();
    if (has_revenue()) draw_revenue();
    draw_days();
    append_line(svg_, left, bottom, right, bottom, text_color);
    return svg_ + "</svg>\n";
  }

 private:
  double slots() const { return static_cast<double>(std::max<std::size_t>(chart_.days.size(), 1)); }
  bool has_revenue() const { return !chart_.currency.empty(); }
  double middle(std::size_t index) const {
    return left + slot_ * (static_cast<double>(index) + 0.5);
  }

  void draw_legend() {
    svg_ +=
        fmt::format(R"(<rect x="{}" y="36" width="12" height="12" fill="{}"/>)", left, bar_color);
    append_text(svg_, left + 18, 47, "start", "orders");
    if (!has_revenue()) return;
    svg_ += fmt::format(R"(<line x1="{}" y1="42" x2="{}" y2="42" stroke="{}" stroke-width="3"/>)",
                        left + 90, left + 110, line_color);
    append_text(svg_, left + 116, 47, "start", "revenue in " + chart_.currency);
  }

  void draw_grid() {
    const bool with_cents = revenue_step_ < 1;
    for (int i = 0; i <= grid_lines; ++i) {
      const double y = bottom - (bottom - top) * i / grid_lines;
      append_line(svg_, left, y, right, y, grid_color);
      append_text(svg_, left - 8, y + 4, "end", axis_label(order_step_ * i, false), bar_color);
      if (has_revenue()) {
        append_text(svg_, right + 8, y + 4, "start", axis_label(revenue_step_ * i, with_cents),
                    line_color);
      }
    }
  }

  void draw_bars() {
    const double bar = std::min(slot_ * 0.7, 60.0);
    for (std::size_t i = 0; i < chart_.days.size(); ++i) {
      const double y = y_of(static_cast<double>(chart_.days[i].orders), order_step_);
      svg_ +=
          fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>)"
                      "\n",
                      middle(i) - bar / 2, y, bar, bottom - y, bar_color);
    }
  }

  void draw_revenue() {
    std::string points;
    for (std::size_t i = 0; i < chart_.days.size(); ++i) {
      const double y = y_of(static_cast<double>(chart_.days[i].revenue) / 100, revenue_step_);
      points += fmt::format("{:.1f},{:.1f} ", middle(i), y);
      if (slot_ > 8) {
        svg_ += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}"/>)", middle(i), y,
                            line_color);
      }
    }
    svg_ += fmt::format(R"(<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5"/>)"
                        "\n",
                        points, line_color);
  }

  void draw_days() {
    const std::size_t every = (chart_.days.size() + most_day_labels - 1) / most_day_labels;
    for (std::size_t i = 0; i < chart_.days.size(); i += std::max<std::size_t>(every, 1)) {
      const std::string day = format_day(chart_.days[i].day);
      append_text(svg_, middle(i), bottom + 20, "middle", day.substr(5), text_color, 12);
      const bool new_year = i == 0 || day.substr(0, 4) != year_;
      if (new_year) append_text(svg_, middle(i), bottom + 38, "middle", day.substr(0, 4));
      year_ = day.substr(0, 4);
    }
  }

  const Chart& chart_;
  double slot_;
  double order_step_ = 1;
  double revenue_step_ = 1;
  std::string svg_;
  std::string year_;
};

}  // namespace

std::string to_svg(const Chart& chart) {
  return Drawing{chart}.draw();
}

}  // namespace waybill::report::domain
