#include "services/bot/domain/chart.hpp"

#include <algorithm>
#include <cmath>

namespace waybill::bot::domain {
namespace {

constexpr std::int64_t most_days = 15;
constexpr double width = 1280, height = 720;
constexpr double left = 110, right = width - 50, top = 110, bottom = height - 100;
constexpr std::int64_t most_ticks = 6;
constexpr const char* paper = "#1e2430";
constexpr const char* ink = "#e8eaf0";
constexpr const char* grid = "#3a4254";
constexpr const char* views_color = "#4fc3f7";
constexpr const char* clicks_color = "#ffb74d";

// 1, 2 or 5 times a power of ten, a whole number, so that so many ticks hold the greatest value.
std::int64_t tick_step(std::int64_t most) {
  std::int64_t power = 1;
  for (;; power *= 10) {
    for (const std::int64_t factor : {1, 2, 5}) {
      if (factor * power * most_ticks >= most) return factor * power;
    }
  }
}

class Drawing {
 public:
  Drawing(const std::vector<ChartDay>& days, Language language) : days_{days}, language_{language} {
    std::int64_t most = 1;
    for (const ChartDay& day : days) most = std::max({most, day.views, day.clicks});
    step_ = tick_step(most);
    ticks_ = (most + step_ - 1) / step_;
  }

  std::string draw() {
    svg_ = fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" )"
                       R"(viewBox="0 0 {0} {1}" font-family="DejaVu Sans, Arial, sans-serif">)"
                       R"(<rect width="100%" height="100%" fill="{2}"/>)",
                       width, height, paper);
    write((left + right) / 2, 50, "middle", text(Text::chart_title), 30);
    draw_grid();
    draw_days();
    draw_line(&ChartDay::views, views_color, R"( stroke-dasharray="18 8 4 8")");
    draw_line(&ChartDay::clicks, clicks_color, "");
    draw_legend();
    draw_axes();
    return svg_ + "</svg>";
  }

 private:
  std::string text(Text text) const { return std::string{text_of(text, language_)}; }

  double x_of(std::size_t index) const {
    if (days_.size() == 1) return (left + right) / 2;
    return left +
           (right - left) * static_cast<double>(index) / static_cast<double>(days_.size() - 1);
  }
  double y_of(std::int64_t value) const {
    return bottom -
           (bottom - top) * static_cast<double>(value) / static_cast<double>(step_ * ticks_);
  }

  void write(double x, double y, const char* anchor, const std::string& words, int size,
             const char* more = "") {
    svg_ += fmt::format(
        R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}" font-size="{}"{}>{}</text>)", x,
        y, anchor, ink, size, more, words);
  }

  void draw_grid() {
    for (std::int64_t tick = 0; tick <= ticks_; ++tick) {
      const double y = y_of(tick * step_);
      svg_ += fmt::format(R"(<line x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}" stroke="{}"/>)", left, y,
                          right, y, grid);
      write(left - 12, y + 6, "end", std::to_string(tick * step_), 18);
    }
  }

  void draw_days() {
    for (std::size_t i = 0; i < days_.size(); ++i) {
      write(x_of(i), bottom + 30, "middle", std::to_string(days_[i].day), 18);
    }
  }

  void draw_line(std::int64_t ChartDay::*value, const char* color, const char* dashes) {
    std::string points;
    for (std::size_t i = 0; i < days_.size(); ++i) {
      const double x = x_of(i), y = y_of(days_[i].*value);
      points += fmt::format("{:.1f},{:.1f} ", x, y);
      svg_ += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}"/>)", x, y, color);
    }
    svg_ += fmt::format(R"(<polyline points="{}" fill="none" stroke="{}" stroke-width="4"{}/>)",
                        points, color, dashes);
  }

  void draw_legend() {
    const auto entry = [this](double x, const char* color, const char* dashes, Text words) {
      svg_ +=
          fmt::format(R"(<line x1="{}" y1="82" x2="{}" y2="82" stroke="{}" stroke-width="4"{}/>)",
                      x, x + 60, color, dashes);
      write(x + 72, 88, "start", text(words), 20);
    };
    entry(left, views_color, R"( stroke-dasharray="18 8 4 8")", Text::chart_views);
    entry(left + 240, clicks_color, "", Text::chart_clicks);
  }

  void draw_axes() {
    write((left + right) / 2, height - 25, "middle", text(Text::chart_dates), 22);
    const double middle = (top + bottom) / 2;
    const std::string turned = fmt::format(" transform=\"rotate(-90 32 {})\"", middle);
    write(32, middle, "middle", text(Text::chart_count), 22, turned.c_str());
  }

  const std::vector<ChartDay>& days_;
  const Language language_;
  std::int64_t step_ = 1, ticks_ = 1;
  std::string svg_;
};

}  // namespace

std::vector<ChartDay> chart_days(const std::vector<ChartDay>& days) {
  std::vector<ChartDay> shown;
  if (days.empty()) return shown;
  const std::int64_t last = days.back().day;
  const std::int64_t first = last - most_days + 1;
  for (std::int64_t day = last < 0 ? first : std::max<std::int64_t>(first, 0); day <= last; ++day) {
    shown.push_back({day, 0, 0});
    for (const ChartDay& known : days) {
      if (known.day == day) shown.back() = known;
    }
  }
  return shown;
}

std::string to_svg(const std::vector<ChartDay>& days, Language language) {
  return Drawing{days, language}.draw();
}

}  // namespace waybill::bot::domain
