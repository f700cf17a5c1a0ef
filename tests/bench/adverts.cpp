#include "tests/bench/adverts.hpp"

#include <cstdio>
#include <random>

#include "libs/core/id.hpp"
#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tests/bench/limits.hpp"
#include "tests/bench/open_loop.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::bench {
namespace {

namespace json = boost::json;

constexpr double kHalf = 0.5;
constexpr double kMostMs = 5;
constexpr double kMostMsAmongMany = 10;
constexpr double kMostBehind = 2;  // seconds
constexpr std::size_t kAdvertisers = 50;
// Of the many campaigns each is for one of so many places; all clients live in the first one.
constexpr std::size_t kPlaces = 100;
constexpr std::size_t kBatch = 16;  // choices that one transaction of the plain SQL writes
constexpr std::size_t kCreators = 64;
constexpr std::int64_t kNeverReached = 1'000'000'000;

constexpr pg::Statement count_facts{"bench_count_facts",
                                    "SELECT count(*) FROM ad_fact WHERE fact = 'SHOW'"};

// Impressions that the report service knows, which the dashboards are made of.
class Copy {
 public:
  std::int64_t count() { return pg::Session{connection_}.exec(count_facts)[0].integer(0); }

  // Seconds until there are so many.
  double wait_for(std::int64_t impressions) {
    const auto start = std::chrono::steady_clock::now();
    if (!testing::eventually(std::chrono::minutes{2}, [&] { return count() >= impressions; })) {
      throw std::runtime_error{"the report service's copy does not come to its end"};
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  static pg::Options options() {
    pg::Options options;
    options.url = testing::environment("WAYBILL_DATABASE_REPORT");
    options.application_name = "waybill.bench";
    return options;
  }

  pg::Connection connection_{options()};
};

void say(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
}

// Advertisers, clients and campaigns of one town, made through the ordinary routes.
class Town {
 public:
  explicit Town(std::size_t clients) : town_{e2e::unique("bench")} {
    json::array bulk;
    for (std::size_t i = 0; i < kAdvertisers; ++i) {
      advertisers_.push_back(new_id().to_string());
      bulk.push_back(json::object{{"advertiser_id", advertisers_.back()}, {"name", "Bench"}});
    }
    put("/v1/advertisers/bulk", std::move(bulk));
    bulk.clear();
    for (std::size_t i = 0; i < clients; ++i) bulk.push_back(any_client());
    put("/v1/clients/bulk", std::move(bulk));
    score_clients();
  }

  // At least so many more, in so many places.
  void add_campaigns(std::size_t count, std::size_t places) {
    std::vector<Shot> shots;
    for (std::size_t i = 0; i < std::min<std::size_t>(count, 10'000); ++i) {
      shots.push_back(creation(i % places));
    }
    shoot(std::move(shots), count, 201);
  }

  // One request for an ad per client, in any order.
  std::vector<Shot> choices() {
    std::vector<Shot> shots;
    for (const std::string& client : clients_) {
      const std::string target = "/v1/ads?client_id=" + client;
      shots.push_back({request_bytes("GET", target, e2e::gateway_address()), 1});
    }
    std::shuffle(shots.begin(), shots.end(), dice_);
    return shots;
  }

  std::int64_t impressions() const {
    std::int64_t sum = 0;
    for (const std::string& advertiser : advertisers_) {
      sum += e2e::get("/v1/stats/advertisers/" + advertiser + "/campaigns")
                 .number("impressions_count");
    }
    return sum;
  }

 private:
  int roll(int from, int to) { return std::uniform_int_distribution<int>{from, to}(dice_); }

  // At least `count` of them, one after the other: a round ends with what was on its way.
  static void shoot(std::vector<Shot> shots, std::size_t count, int wanted_status) {
    const Load load{e2e::gateway_address(), kCreators, std::chrono::milliseconds{100},
                    wanted_status};
    for (std::size_t made = 0; made < count;) {
      const auto done = static_cast<std::size_t>(run_load(load, shots).wanted());
      if (done == 0) throw std::runtime_error{"nothing that the benchmark needs can be made"};
      made += done;
      const auto next = static_cast<std::ptrdiff_t>(done % shots.size());
      std::rotate(shots.begin(), shots.begin() + next, shots.end());
    }
  }

  static void put(const std::string& path, json::array bulk) {
    const e2e::Reply reply = e2e::post(path, std::move(bulk));
    if (reply.status != 201) throw std::runtime_error{path + ": " + reply.text};
  }

  std::string place(std::size_t number) const { return fmt::format("{}-{}", town_, number); }

  json::object any_client() {
    clients_.push_back(new_id().to_string());
    return {{"client_id", clients_.back()},
            {"login", "bench"},
            {"age", roll(18, 70)},
            {"location", place(0)},
            {"gender", roll(0, 1) == 0 ? "MALE" : "FEMALE"}};
  }

  // One score each, as requests that are ready: a thousand connections at once are too many.
  void score_clients() {
    std::vector<Shot> shots;
    for (const std::string& client : clients_) {
      const auto& advertiser =
          advertisers_[static_cast<std::size_t>(roll(0, static_cast<int>(kAdvertisers) - 1))];
      const json::object body{
          {"client_id", client}, {"advertiser_id", advertiser}, {"score", roll(1, 1000)}};
      shots.push_back(
          {request_bytes("POST", "/v1/ml-scores", e2e::gateway_address(), json::serialize(body)),
           0});
    }
    const std::size_t scores = shots.size();
    shoot(std::move(shots), scores, 200);
  }

  Shot creation(std::size_t place_number) {
    const auto& advertiser =
        advertisers_[static_cast<std::size_t>(roll(0, static_cast<int>(kAdvertisers) - 1))];
    json::object targeting{{"location", place(place_number)}};
    if (roll(0, 3) == 0) targeting["gender"] = roll(0, 1) == 0 ? "MALE" : "FEMALE";
    if (roll(0, 3) == 0) targeting["age_from"] = roll(18, 40);
    if (roll(0, 3) == 0) targeting["age_to"] = roll(40, 70);
    const json::object body{{"ad_title", "Lanterns"},
                            {"ad_text", "White metal"},
                            {"impressions_limit", kNeverReached},
                            {"clicks_limit", kNeverReached},
                            {"cost_per_impression", roll(1, 1000) / 91.0},
                            {"cost_per_click", roll(1, 1000) / 7.0},
                            {"start_date", 0},
                            {"end_date", 100},
                            {"targeting", targeting}};
    return {request_bytes("POST", "/v1/advertisers/" + advertiser + "/campaigns",
                          e2e::gateway_address(), json::serialize(body)),
            0};
  }

  const std::string town_;
  std::mt19937 dice_{42};
  std::vector<std::string> advertisers_;
  std::vector<std::string> clients_;
};

class Adverts {
 public:
  explicit Adverts(const AdvertsOptions& options)
      : options_{options}, supervisor_{find_supervisor()} {}

  AdvertsReport run() {
    if (e2e::post("/v1/time/advance", {{"current_date", 0}}).status != 200) {
      throw std::runtime_error{"the day can't be set"};
    }
    say("limits of the machine …");
    report_.sql = measure_impressions_sql(kBatch, round());
    say(fmt::format("{} campaigns and {} clients …", options_.campaigns, options_.clients));
    Town town{options_.clients};
    town.add_campaigns(options_.campaigns, 1);
    shots_ = town.choices();
    report_.bare = measure_bare_server(options_.connections, an_ad(), round()).per_second();
    Copy copy;
    const std::int64_t before = copy.count();
    closed_loop();
    copy.wait_for(before + report_.shown);
    const double half = kHalf * report_.stages.front().per_second;
    open_loop(fmt::format("half load, {} campaigns", options_.campaigns), half, kMostMs);
    report_.behind_s = copy.wait_for(before + report_.shown);
    report_.recorded += town.impressions();
    among_many(half);
    return std::move(report_);
  }

 private:
  std::chrono::milliseconds round() const { return std::chrono::seconds{options_.seconds}; }

  static std::string an_ad() {
    const std::string id = new_id().to_string();
    return json::serialize(json::object{{"ad_id", id},
                                        {"ad_title", "Lanterns"},
                                        {"ad_text", "White metal"},
                                        {"advertiser_id", id}});
  }

  void count(const LoadResult& result) {
    report_.shown += result.wanted();
    for (const auto& [status, answers] : result.statuses) {
      if (status == 200) continue;
      report_.others += answers;
      say(fmt::format("{} answers {}", answers, status));
    }
  }

  // After a warm-up, the round with the median speed.
  void closed_loop() {
    say(fmt::format("choices, {} connections …", options_.connections));
    Load load{e2e::gateway_address(), options_.connections, std::chrono::seconds{5}, 200};
    count(run_load(load, shots_));
    load.duration = round();
    std::vector<std::pair<LoadResult, CpuSeconds>> rounds;
    for (int i = 0; i < options_.rounds; ++i) {
      const CpuSeconds before = cpu_of_tree(supervisor_);
      LoadResult result = run_load(load, shots_);
      count(result);
      rounds.emplace_back(std::move(result), difference(before, cpu_of_tree(supervisor_)));
    }
    std::sort(rounds.begin(), rounds.end(), [](const auto& a, const auto& b) {
      return a.first.per_second() < b.first.per_second();
    });
    const auto& [result, cpu] = rounds[rounds.size() / 2];
    report_.programs = cpu;
    report_.choices = result.wanted();
    report_.choice_cpu_ms = 1000 * total(cpu) / std::max(1.0, static_cast<double>(result.wanted()));
    report_.stages.push_back(
        {fmt::format("{} connections, {} campaigns", options_.connections, options_.campaigns), 0,
         result.per_second(), result.percentile_ms(0.5), result.percentile_ms(0.99), 0});
  }

  void open_loop(const std::string& name, double per_second, double most_ms) {
    say(name + " …");
    OpenLoad load;
    load.address = e2e::gateway_address();
    load.per_second = per_second;
    load.wanted_status = 200;
    load.duration = std::chrono::seconds{2};
    const OpenResult warm_up = run_open_load(load, shots_);
    load.duration = 2 * round();
    const OpenResult result = run_open_load(load, shots_);
    for (const OpenResult* part : {&warm_up, &result}) {
      count(part->wanted);
      report_.others += part->refused.wanted() + part->broken;
    }
    report_.stages.push_back({name, per_second, result.wanted.per_second(),
                              result.wanted.percentile_ms(0.5), result.wanted.percentile_ms(0.99),
                              most_ms});
  }

  void among_many(double per_second) {
    if (options_.many_campaigns == 0) return;
    say(fmt::format("{} campaigns …", options_.many_campaigns));
    Town town{options_.clients};
    town.add_campaigns(options_.many_campaigns, kPlaces);
    shots_ = town.choices();
    open_loop(fmt::format("the same, {} campaigns", options_.many_campaigns), per_second,
              kMostMsAmongMany);
    report_.recorded += town.impressions();
  }

  const AdvertsOptions options_;
  const pid_t supervisor_;
  std::vector<Shot> shots_;
  AdvertsReport report_;
};

}  // namespace

std::vector<std::string> AdvertsReport::complaints() const {
  std::vector<std::string> wrong;
  for (const Stage& stage : stages) {
    if (stage.most_ms > 0 && stage.p99_ms > stage.most_ms) {
      wrong.push_back(fmt::format("{}: p99 is {:.1f} ms, more than {:g}", stage.name, stage.p99_ms,
                                  stage.most_ms));
    }
  }
  if (behind_s > kMostBehind) {
    wrong.push_back(fmt::format("the report service's copy is {:.1f} s behind", behind_s));
  }
  if (recorded != shown) {
    wrong.push_back(fmt::format("{} impressions in the statistics, {} ads shown", recorded, shown));
  }
  if (others != 0) wrong.push_back(fmt::format("{} answers were no ads", others));
  return wrong;
}

AdvertsReport measure_adverts(const AdvertsOptions& options) {
  return Adverts{options}.run();
}

std::string to_table(const AdvertsReport& report) {
  std::string table = fmt::format("\n{:<34} {:>9} {:>11} {:>8} {:>8} {:>8}\n", "choices of ads",
                                  "offered", "per second", "p50 ms", "p99 ms", "mark");
  for (const AdvertsReport::Stage& stage : report.stages) {
    table += fmt::format("{:<34} {:>9} {:>11.0f} {:>8.2f} {:>8.2f} {:>8}\n", stage.name,
                         stage.offered > 0 ? fmt::format("{:.0f}", stage.offered) : "all",
                         stage.per_second, stage.p50_ms, stage.p99_ms,
                         stage.most_ms > 0 ? fmt::format("{:g}", stage.most_ms) : "");
  }
  table +=
      fmt::format("{:<34} {:>9} {:>11.0f}\n", "limit: impressions in plain SQL", "", report.sql);
  table += fmt::format("{:<34} {:>9} {:>11.0f}\n", "limit: a bare answer", "", report.bare);
  table += fmt::format("{:<34} {:>9.2f} s\n", "report.adverts behind half load", report.behind_s);
  table += fmt::format("\nWhere the CPU goes, {:.3f} ms per choice\n", report.choice_cpu_ms);
  std::vector<std::pair<double, std::string>> programs;
  for (const auto& [program, seconds] : report.programs) programs.emplace_back(seconds, program);
  std::sort(programs.rbegin(), programs.rend());
  for (const auto& [seconds, program] : programs) {
    if (seconds < 0.005 * total(report.programs)) continue;
    table += fmt::format(
        "  {:<18} {:>7.3f}\n", program,
        1000 * seconds / static_cast<double>(std::max<std::int64_t>(report.choices, 1)));
  }
  const auto complaints = report.complaints();
  table += complaints.empty()
               ? fmt::format("\nok     {} ads shown, each recorded once\n", report.shown)
               : "\n";
  for (const std::string& complaint : complaints) table += "WRONG  " + complaint + '\n';
  return table;
}

json::object to_json(const AdvertsReport& report) {
  json::array stages;
  for (const AdvertsReport::Stage& stage : report.stages) {
    stages.push_back(json::object{{"name", stage.name},
                                  {"offered", stage.offered},
                                  {"per_second", stage.per_second},
                                  {"p50_ms", stage.p50_ms},
                                  {"p99_ms", stage.p99_ms},
                                  {"most_ms", stage.most_ms}});
  }
  return {{"stages", std::move(stages)},    {"sql_per_second", report.sql},
          {"bare_per_second", report.bare}, {"cpu_ms", report.choice_cpu_ms},
          {"behind_s", report.behind_s},    {"shown", report.shown},
          {"recorded", report.recorded},    {"others", report.others}};
}

}  // namespace waybill::bench
