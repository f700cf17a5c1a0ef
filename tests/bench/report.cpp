#include "tests/bench/report.hpp"

namespace waybill::bench {
namespace {

namespace json = boost::json;

std::string head(std::string_view title, std::string_view last) {
  return fmt::format("\n{:<26} {:>10} {:>8} {:>8} {:>8} {:>10} {:>11}  {}\n", title, "per second",
                     "p50 ms", "p95 ms", "p99 ms", "CPU ms", "client CPU", last);
}

std::string line(const std::string& name, const Figures& figures, double limit) {
  return fmt::format("{:<26} {:>10.0f} {:>8.2f} {:>8.2f} {:>8.2f} {:>10.3f} {:>11.3f}  {:.1f} %\n",
                     name, figures.per_second, figures.p50_ms, figures.p95_ms, figures.p99_ms,
                     figures.cpu_ms, figures.generator_cpu_ms,
                     limit > 0 ? 100 * figures.per_second / limit : 0);
}

std::string clients_of(const Figures& figures) {
  return fmt::format("{} client{}", figures.clients, figures.clients == 1 ? "" : "s");
}

std::string programs_table(const Figures& figures) {
  std::vector<std::pair<double, std::string>> programs;
  for (const auto& [program, seconds] : figures.programs) programs.emplace_back(seconds, program);
  std::sort(programs.rbegin(), programs.rend());
  const double all = total(figures.programs);
  std::string table = fmt::format("\nWhere the CPU goes, {}: ms per order\n", clients_of(figures));
  for (const auto& [seconds, program] : programs) {
    if (seconds < 0.005 * all) continue;
    table += fmt::format(
        "  {:<18} {:>7.3f}  {:>4.0f} %\n", program,
        1000 * seconds / static_cast<double>(std::max<std::int64_t>(figures.answers, 1)),
        100 * seconds / all);
  }
  return table;
}

std::string check_lines(const Check& check) {
  const auto mark = [](bool good) { return good ? "ok    " : "WRONG "; };
  return fmt::format(
      "\n{} {} orders in the service, {} answers 201: nothing lost, nothing twice\n"
      "{} {} units left the stock, {} were sold\n"
      "{} {} other answers\n",
      mark(check.nothing_lost()), check.in_service, check.received, mark(check.stock_right()),
      check.units_gone, check.units_sold, mark(check.others == 0), check.others);
}

json::object to_json(const Figures& figures) {
  json::object programs;
  for (const auto& [program, seconds] : figures.programs) programs[program] = seconds;
  return {{"clients", figures.clients},
          {"per_second", figures.per_second},
          {"p50_ms", figures.p50_ms},
          {"p95_ms", figures.p95_ms},
          {"p99_ms", figures.p99_ms},
          {"cpu_ms", figures.cpu_ms},
          {"generator_cpu_ms", figures.generator_cpu_ms},
          {"cpu_seconds", std::move(programs)}};
}

}  // namespace

std::string to_table(const Report& report) {
  std::string table = head(fmt::format("Orders of {} lines", report.lines), "of plain SQL");
  for (const Figures& figures : report.orders) {
    table += line(clients_of(figures), figures, report.sql.orders_per_second);
  }
  table += head("Cached product reads", "of a bare answer");
  table += line(clients_of(report.reads), report.reads, report.bare.per_second);
  table += fmt::format(
      "\nThe machine's limits in the same run\n"
      "  the order transaction in plain SQL, batches of 50   {:>10.0f} orders/s, {:.1f} ms a "
      "batch\n"
      "  a bare answer of our own server, {} clients         {:>10.0f} answers/s, p50 {:.2f} ms\n",
      report.sql.orders_per_second, report.sql.milliseconds_per_batch, report.bare.clients,
      report.bare.per_second, report.bare.p50_ms);
  for (const Figures& figures : report.orders) table += programs_table(figures);
  return table + check_lines(report.check);
}

json::object to_json(const Report& report) {
  json::array orders;
  for (const Figures& figures : report.orders) orders.push_back(to_json(figures));
  json::object sql{{"orders_per_second", report.sql.orders_per_second},
                   {"milliseconds_per_batch", report.sql.milliseconds_per_batch}};
  json::object check{
      {"received", report.check.received},     {"in_service", report.check.in_service},
      {"units_sold", report.check.units_sold}, {"units_gone", report.check.units_gone},
      {"others", report.check.others},         {"good", report.check.good()}};
  return {{"lines", report.lines},
          {"orders", std::move(orders)},
          {"cached_reads", to_json(report.reads)},
          {"plain_sql", std::move(sql)},
          {"bare_server", to_json(report.bare)},
          {"check", std::move(check)}};
}

}  // namespace waybill::bench
