#include "tests/bench/login_flood.hpp"

#include <cstdio>
#include <fstream>
#include <future>

#include "tests/bench/open_loop.hpp"
#include "tests/bench/scene.hpp"
#include "tests/e2e/support/instance.hpp"

namespace waybill::bench {
namespace {

constexpr const char* kPassword = "correct horse battery staple";
constexpr std::size_t kLoginClients = 8;  // enough to keep every thread of the pool busy
constexpr double kMostSlower = 1.5;       // p99 of reads, times what it is without a flood

void say(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
}

// A line of /proc/PID/status in MiB, summed up over all processes of a service.
double memory(const std::string& service, const std::string& line) {
  double sum = 0;
  for (const pid_t pid : e2e::pids_of(service)) {
    std::ifstream in{fmt::format("/proc/{}/status", pid)};
    for (std::string name; in >> name; std::getline(in, name)) {
      double kibibytes = 0;
      if (name == line + ':' && in >> kibibytes) sum += kibibytes / 1024;
    }
  }
  return sum;
}

// The login of a fresh account.
Shot make_login() {
  const std::string name = e2e::unique("flood") + "@example.com";
  const boost::json::object account{{"email", name}, {"password", kPassword}};
  const auto made = e2e::post("/v1/auth/register", account);
  if (made.status != 201) throw std::runtime_error{"can't register: " + made.text};
  const boost::json::object login{{"username", name}, {"password", kPassword}};
  return {request_bytes("POST", "/v1/auth/token", e2e::gateway_address(),
                        boost::json::serialize(login)),
          0};
}

class LoginFlood {
 public:
  explicit LoginFlood(const LoginFloodOptions& options) : options_{options}, scene_{1} {}

  LoginFloodReport run() {
    const std::string address = e2e::gateway_address();
    const std::chrono::seconds time{options_.seconds};
    say("logins one after the other …");
    const Load logins{address, kLoginClients, time, 200};
    report_.logins_peak = run_load(logins, logins_).per_second();
    say("reads alone …");
    const Load reads{address, options_.read_clients, time, 200};
    const LoadResult alone = run_load(reads, scene_.reads());
    report_.reads_alone = alone.per_second();
    report_.reads_alone_p99_ms = alone.percentile_ms(0.99);
    report_.identity_before = memory("identity", "VmRSS");
    report_.gateway_before = memory("gateway", "VmRSS");
    flood(reads);
    report_.identity_peak = memory("identity", "VmHWM");
    report_.gateway_peak = memory("gateway", "VmHWM");
    return std::move(report_);
  }

 private:
  void flood(const Load& reads) {
    OpenLoad load;
    load.address = reads.address;
    load.per_second = report_.offered = options_.factor * report_.logins_peak;
    load.duration = reads.duration;
    load.wanted_status = 200;
    say(fmt::format("{:.0f} logins per second, and reads …", load.per_second));
    auto flood = std::async(std::launch::async, [&] { return run_open_load(load, logins_); });
    const LoadResult beside = run_load(reads, scene_.reads());
    const OpenResult result = flood.get();
    report_.reads = beside.per_second();
    report_.reads_p99_ms = beside.percentile_ms(0.99);
    report_.logins = result.wanted.per_second();
    report_.refused = result.refused.per_second();
    report_.refused_p99_ms = result.refused.percentile_ms(0.99);
    report_.others = result.others + result.broken;
  }

  const LoginFloodOptions options_;
  Scene scene_;
  const std::vector<Shot> logins_{make_login()};
  LoginFloodReport report_;
};

}  // namespace

std::vector<std::string> LoginFloodReport::complaints() const {
  std::vector<std::string> complaints;
  if (others > 0) {
    complaints.push_back(fmt::format("{} answers were neither logins nor refusals", others));
  }
  if (slower() > kMostSlower) {
    complaints.push_back(fmt::format("the p99 of reads is {:.2f} times what it was, not {} at most",
                                     slower(), kMostSlower));
  }
  if (refused == 0) complaints.push_back("nothing was refused: the flood was none");
  return complaints;
}

double LoginFloodReport::slower() const {
  return reads_p99_ms / reads_alone_p99_ms;
}

LoginFloodReport measure_login_flood(const LoginFloodOptions& options) {
  return LoginFlood{options}.run();
}

std::string to_table(const LoginFloodReport& report) {
  std::string table = fmt::format(
      "\nLogins: {:.0f} per second at most; {:.0f} offered: {:.0f} done, {:.0f} refused "
      "(p99 {:.1f} ms)\n\n"
      "{:<24} {:>10} {:>10}\n{:<24} {:>10.0f} {:>10.0f}\n{:<24} {:>10.2f} {:>10.2f}\n"
      "{:<24} {:>10.0f} {:>10.0f}\n{:<24} {:>10.0f} {:>10.0f}\n",
      report.logins_peak, report.offered, report.logins, report.refused, report.refused_p99_ms, "",
      "before", "flood", "reads per second", report.reads_alone, report.reads, "reads, p99 ms",
      report.reads_alone_p99_ms, report.reads_p99_ms, "identity, MiB", report.identity_before,
      report.identity_peak, "gateway, MiB", report.gateway_before, report.gateway_peak);
  table += fmt::format("\np99 of reads: {:.2f} times what it was\n", report.slower());
  for (const std::string& complaint : report.complaints()) table += "WRONG  " + complaint + '\n';
  return table;
}

boost::json::object to_json(const LoginFloodReport& report) {
  return {{"logins_peak", report.logins_peak},
          {"offered", report.offered},
          {"logins", report.logins},
          {"refused", report.refused},
          {"refused_p99_ms", report.refused_p99_ms},
          {"others", report.others},
          {"reads_alone", report.reads_alone},
          {"reads_alone_p99_ms", report.reads_alone_p99_ms},
          {"reads", report.reads},
          {"reads_p99_ms", report.reads_p99_ms},
          {"identity_mib", {report.identity_before, report.identity_peak}},
          {"gateway_mib", {report.gateway_before, report.gateway_peak}}};
}

}  // namespace waybill::bench
