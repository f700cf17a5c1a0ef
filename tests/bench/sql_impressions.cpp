#include <random>

#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tests/bench/limits.hpp"

namespace waybill::bench {
namespace {

constexpr int kCampaigns = 1'000;
constexpr std::size_t kEventBytes = 600;  // about what an impression's event has with its headers

const std::vector<pg::Statement> kSchema{
    {"make_bench_inbox", "CREATE TABLE bench_inbox (command_id uuid PRIMARY KEY, outcome bytea)"},
    {"make_bench_campaign",
     "CREATE TABLE bench_campaign (id uuid PRIMARY KEY, shows bigint NOT NULL) "
     "WITH (fillfactor = 80)"},
    {"make_bench_impression",
     "CREATE TABLE bench_impression (campaign_id uuid, client_id uuid, cost float8 NOT NULL, "
     "PRIMARY KEY (campaign_id, client_id))"},
    {"make_bench_outbox",
     "CREATE TABLE bench_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
     "key uuid NOT NULL, payload bytea NOT NULL)"}};

constexpr pg::Statement kAddCampaigns{
    "bench_add_campaigns", "INSERT INTO bench_campaign SELECT id, 0 FROM unnest($1::uuid[]) AS id"};
constexpr pg::Statement kAddInbox{
    "bench_add_inbox",
    "INSERT INTO bench_inbox SELECT id, $2::bytea FROM unnest($1::uuid[]) AS id"};
constexpr pg::Statement kCount{
    "bench_count",
    "UPDATE bench_campaign c SET shows = c.shows + new.n FROM (SELECT id, count(*) AS n "
    "FROM unnest($1::uuid[]) AS id GROUP BY id) new WHERE c.id = new.id"};
constexpr pg::Statement kAddImpressions{
    "bench_add_impressions",
    "INSERT INTO bench_impression SELECT c, k, 0.5 FROM unnest($1::uuid[], $2::uuid[]) AS i(c, k)"};
constexpr pg::Statement kAddOutbox{
    "bench_add_outbox",
    "INSERT INTO bench_outbox (key, payload) SELECT id, $2::bytea FROM unnest($1::uuid[]) AS id"};

}  // namespace

double measure_impressions_sql(std::size_t batch, std::chrono::milliseconds duration) {
  using Clock = std::chrono::steady_clock;
  const testing::FreshDatabase database{"advert"};
  pg::Connection connection{database.options()};
  std::vector<Id> campaigns;
  {
    pg::Session session{connection};
    for (const pg::Statement& statement : kSchema) session.exec(statement);
    pg::Array ids;
    for (int i = 0; i < kCampaigns; ++i) {
      campaigns.push_back(new_id());
      ids.add(campaigns.back());
    }
    session.exec(kAddCampaigns, ids);
    session.exec(pg::Statement{"bench_analyze", "ANALYZE"});
  }
  std::minstd_rand random{42};
  const std::string event(kEventBytes, 'x');
  std::int64_t done = 0;
  const auto start = Clock::now();
  while (Clock::now() - start < duration) {
    pg::Array commands, shown, clients;
    for (std::size_t i = 0; i < batch; ++i) {
      commands.add(new_id());
      shown.add(campaigns[random() % campaigns.size()]);
      clients.add(new_id());
    }
    pg::Tx tx{connection};
    tx.later(kAddInbox, commands, pg::bytes(event));
    tx.later(kCount, shown);
    tx.later(kAddImpressions, shown, clients);
    tx.later(kAddOutbox, shown, pg::bytes(event));
    tx.commit();
    done += static_cast<std::int64_t>(batch);
  }
  return static_cast<double>(done) / std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace waybill::bench
