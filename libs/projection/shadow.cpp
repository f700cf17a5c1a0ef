#include "libs/projection/shadow.hpp"

#include <thread>

#include "libs/projection/rebuild.hpp"
#include "libs/projection/shadow_sql.hpp"
#include "libs/projection/sql.hpp"

namespace waybill::projection {
namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds poll_time{200};
// What a comparison may still apply in its own transaction.
constexpr std::int64_t most_settled = 100'000;
constexpr int switch_tries = 5;

// "report.orders" → "rebuild_report_orders".
std::string schema_name(const std::string& prefix, const std::string& projection) {
  std::string name = prefix + '_' + projection;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

}  // namespace

struct Shadow::Impl {
  Definition definition;
  pg::Options database;
  messaging::KafkaBroker& kafka;
  std::string schema = schema_name("rebuild", definition.name);
  std::string before = schema_name("before", definition.name);
  pg::Connection lock;     // holds the lock; everything else may reconnect
  pg::Connection live;     // names without a schema are the live tables
  pg::Connection made;     // … the rebuilt ones
  pg::Connection picture;  // … too, as they are at one moment

  Impl(Definition what, pg::Options options, messaging::KafkaBroker& from)
      : definition{std::move(what)},
        database{patient(std::move(options), definition.name)},
        kafka{from},
        lock{without_reopening(database)},
        live{database},
        made{shadow_connection()},
        picture{shadow_connection()} {
    picture.set("default_transaction_isolation", "repeatable read");
    lock.ensure_open();
    if (!pg::Session{lock}.exec(sql::try_lock, definition.name)[0].boolean(0)) {
      throw ShadowError{"somebody else is working on a rebuild of " + definition.name};
    }
  }

  // Comparing a million rows takes its time.
  static pg::Options patient(pg::Options options, const std::string& name) {
    options.application_name = "waybill.rebuild." + name;
    options.statement_time = milliseconds{0};
    options.idle_time = milliseconds{0};
    return options;
  }
  static pg::Options without_reopening(pg::Options options) {
    options.reopen = false;
    return options;
  }

  pg::Connection shadow_connection() const {
    pg::Connection connection{database};
    connection.set("search_path", schema + ",public");
    return connection;
  }

  void check_lock() {
    try {
      pg::Session{lock}.exec(sql::still_there);
    } catch (const pg::TransientError&) {
      throw ShadowError{"the lock on the rebuild was lost; run it again"};
    }
  }

  bool has_schema(const std::string& name) {
    return pg::Session{live}.exec(sql::has_schema, name)[0].boolean(0);
  }

  void require_rebuild() {
    if (!has_schema(schema)) {
      throw ShadowError{
          fmt::format("there is no rebuild of {0}: run `rebuild {0}` first", definition.name)};
    }
  }

  void make_tables(pg::Tx& tx, const std::string& in) {
    for (const std::string& table : bookkeeping()) tx.exec(sql::make_twin, table, in);
  }

  static const std::vector<std::string>& bookkeeping() {
    static const std::vector<std::string> tables{"projection_offset", "parked_event"};
    return tables;
  }

  Places ends() {
    Places places;
    for (const std::string& topic : definition.topics) {
      for (const messaging::PartitionInfo& info : kafka.partitions(topic)) {
        places[{topic, info.partition}] = info.end;
      }
    }
    return places;
  }

  // Applies what lies between the two places in this transaction, which sees it at once.
  void settle(pg::Tx& tx, const Places& from, const Places& to) {
    const std::int64_t missing = distance(from, to);
    if (missing > most_settled) {
      throw ShadowError{
          fmt::format("{} events lie between the rebuild and the live tables: run "
                      "`rebuild {}` again first",
                      missing, definition.name)};
    }
    Range range{kafka, from, to};
    while (!range.is_finished()) {
      const std::vector<messaging::Event> events = range.next();
      if (!events.empty()) definition.apply(tx, events);
    }
  }

  // The live projection must have seen at least what the rebuild has.
  bool is_ahead(const Places& rebuilt, const Places& now_live) const {
    return std::any_of(rebuilt.begin(), rebuilt.end(), [&](const auto& entry) {
      return entry.second > place_in(now_live, entry.first);
    });
  }

  Comparison compare_in(pg::Tx& tx, const Places& at, std::int64_t named) {
    Comparison comparison = compare_tables(tx, definition, schema, named);
    comparison.at = at;
    return comparison;
  }

  // Live tables → `to`, tables of `from` → live; bookkeeping goes with them.
  void exchange(pg::Tx& tx, const std::string& from, const std::string& to) {
    make_tables(tx, to);
    for (const std::string& table : bookkeeping()) {
      tx.exec(sql::copy_bookkeeping(table, "public", to), definition.name);
    }
    for (const std::string& table : definition.tables) {
      tx.exec(sql::move_table(table, "public", to));
      tx.exec(sql::move_table(table, from, "public"));
    }
    tx.exec(sql::delete_live_offsets, definition.name);
    tx.exec(sql::delete_live_parked, definition.name);
    for (const std::string& table : bookkeeping()) {
      tx.exec(sql::copy_bookkeeping(table, from, "public"), definition.name);
    }
    tx.exec(sql::drop_schema(from));
  }

  std::optional<Comparison> compare_once(std::int64_t named) {
    pg::Tx tx{picture};
    const Places at = read_places(tx.exec(sql::find_live_offsets, definition.name));
    const Places rebuilt = read_places(tx.exec(sql::find_offsets, definition.name));
    if (is_ahead(rebuilt, at)) return std::nullopt;
    settle(tx, rebuilt, at);
    return compare_in(tx, at, named);
  }

  std::optional<std::pair<Comparison, bool>> switch_once(std::int64_t most, std::int64_t named) {
    pg::Tx tx{made};
    const Places at = read_places(tx.exec(sql::lock_live_offsets, definition.name));
    const Places rebuilt = read_places(tx.exec(sql::find_offsets, definition.name));
    if (is_ahead(rebuilt, at)) return std::nullopt;
    settle(tx, rebuilt, at);
    Comparison comparison = compare_in(tx, at, named);
    if (comparison.count() > most) return std::pair{std::move(comparison), false};
    move_offsets(tx, at);
    tx.exec(sql::drop_schema(before));
    tx.exec(sql::create_schema(before));
    exchange(tx, schema, before);
    check_lock();
    tx.commit();
    return std::pair{std::move(comparison), true};
  }

  void move_offsets(pg::Tx& tx, const Places& to) {
    pg::Array topics, partitions, offsets;
    for (const auto& [partition, next] : to) {
      topics.add(partition.first);
      partitions.add(partition.second);
      offsets.add(next);
    }
    tx.exec(sql::put_offsets, definition.name, topics, partitions, offsets);
  }

  // Until the live projection is not behind the rebuild any more.
  template <class Work>
  auto when_live_is_there(milliseconds patience, Work work) {
    const auto give_up = Clock::now() + patience;
    for (;;) {
      if (auto result = work()) return std::move(*result);
      if (Clock::now() >= give_up) {
        throw ShadowError{
            fmt::format("the live projection {} is behind the rebuild and does not "
                        "get on: is its service running?",
                        definition.name)};
      }
      std::this_thread::sleep_for(poll_time);
    }
  }
};

Shadow::Shadow(Definition definition, pg::Options database, messaging::KafkaBroker& kafka)
    : impl_{std::make_unique<Impl>(std::move(definition), std::move(database), kafka)} {}

Shadow::~Shadow() = default;

bool Shadow::exists() {
  return impl_->has_schema(impl_->schema);
}

void Shadow::begin() {
  if (exists()) return;
  if (impl_->definition.tables.empty()) {
    throw ShadowError{impl_->definition.name + " has no tables of its own to rebuild"};
  }
  pg::Tx tx{impl_->live};
  tx.exec(sql::create_schema(impl_->schema));
  impl_->make_tables(tx, impl_->schema);
  for (const std::string& table : impl_->definition.tables) {
    tx.exec(sql::make_twin, table, impl_->schema);
  }
  tx.commit();
}

Places Shadow::places() {
  impl_->require_rebuild();
  return read_places(pg::Session{impl_->made}.exec(sql::find_offsets, impl_->definition.name));
}

std::int64_t Shadow::catch_up(const Places& until, std::size_t workers,
                              const std::atomic<bool>& stop,
                              const std::function<void(const RebuildProgress&)>& tell) {
  impl_->require_rebuild();
  Places ends = impl_->ends();
  for (const auto& [partition, end] : until) {
    const auto found = ends.find(partition);
    if (found != ends.end()) found->second = std::min(found->second, end);
  }
  Rebuild rebuild{impl_->definition, impl_->kafka, [this] { return impl_->shadow_connection(); }};
  const std::int64_t done = rebuild.run(
      places(), ends, workers, [&] { return stop || !impl_->lock.is_open(); }, tell);
  impl_->check_lock();
  return done;
}

Comparison Shadow::compare(std::int64_t named, milliseconds patience) {
  impl_->require_rebuild();
  return impl_->when_live_is_there(patience, [&] { return impl_->compare_once(named); });
}

std::pair<Comparison, bool> Shadow::switch_over(std::int64_t most, std::int64_t named,
                                                milliseconds patience) {
  impl_->require_rebuild();
  for (int tries = 1;; ++tries) {
    try {
      return impl_->when_live_is_there(patience, [&] { return impl_->switch_once(most, named); });
    } catch (const pg::InDoubtError&) {
      throw;
    } catch (const pg::TransientError&) {  // a long read held a table: the lock timed out
      if (tries == switch_tries) throw;
    }
  }
}

void Shadow::roll_back() {
  if (!impl_->has_schema(impl_->before)) {
    throw ShadowError{"there is nothing to go back to: " + impl_->definition.name +
                      " was not switched, or that was rolled back already"};
  }
  pg::Tx tx{impl_->live};
  tx.exec(sql::lock_live_offsets, impl_->definition.name);
  tx.exec(sql::drop_schema(impl_->schema));
  tx.exec(sql::create_schema(impl_->schema));
  impl_->exchange(tx, impl_->before, impl_->schema);
  impl_->check_lock();
  tx.commit();
}

void Shadow::drop() {
  pg::Tx tx{impl_->live};
  tx.exec(sql::drop_schema(impl_->schema));
  tx.commit();
}

std::vector<Standing> standings(pg::Connection& connection, messaging::KafkaBroker& kafka,
                                const Definition& definition) {
  const Places places =
      read_places(pg::Session{connection}.exec(sql::find_offsets, definition.name));
  std::vector<Standing> all;
  for (const std::string& topic : definition.topics) {
    for (const messaging::PartitionInfo& info : kafka.partitions(topic)) {
      const Partition partition{topic, info.partition};
      all.push_back({partition, place_in(places, partition), info.end});
    }
  }
  return all;
}

}  // namespace waybill::projection
