#include "libs/projection/shadow.hpp"

#include <mutex>
#include <thread>

#include <boost/json.hpp>

#include "libs/core/backoff.hpp"
#include "libs/log/log.hpp"
#include "libs/projection/applier.hpp"
#include "libs/projection/shadow_sql.hpp"
#include "libs/projection/sql.hpp"

namespace waybill::projection {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t rebuild_batch = 10'000;  // more states of a key fall into one row
constexpr milliseconds poll_time{200};
// The last offsets of a partition may be gone (compaction): then its end is never seen.
constexpr int empty_polls_at_end = 25;
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

Places read_places(const pg::Rows& rows) {
  Places places;
  for (const pg::Row row : rows) {
    places[{std::string{row.text(0)}, static_cast<std::int32_t>(row.integer(1))}] = row.integer(2);
  }
  return places;
}

std::int64_t place_in(const Places& places, const Partition& partition) {
  const auto found = places.find(partition);
  return found == places.end() ? 0 : found->second;
}

// Events of [from, to) of each partition, a batch at a time.
class Range {
 public:
  Range(messaging::KafkaBroker& kafka, const Places& from, const Places& to) : kafka_{kafka} {
    std::vector<messaging::TopicPartition> starts;
    for (const auto& [partition, end] : to) {
      const std::int64_t start = place_in(from, partition);
      if (start >= end) continue;
      starts.push_back({partition.first, partition.second, start});
      open_[partition] = end;
    }
    if (!starts.empty()) consumer_ = kafka.read(std::move(starts));
  }

  bool is_finished() const { return open_.empty(); }

  std::vector<messaging::Event> next() {
    std::vector<messaging::Event> events = consumer_->poll(rebuild_batch, poll_time);
    std::erase_if(events, [this](const messaging::Event& event) { return !take(event); });
    empty_polls_ = events.empty() ? empty_polls_ + 1 : 0;
    if (empty_polls_ == empty_polls_at_end) {
      if (!kafka_.is_connected()) throw std::runtime_error{"Kafka went away while reading"};
      open_.clear();
    }
    return events;
  }

 private:
  bool take(const messaging::Event& event) {
    const auto open = open_.find({event.topic, event.partition});
    if (open == open_.end()) return false;
    const bool inside = event.offset < open->second;
    if (event.offset + 1 >= open->second) open_.erase(open);
    return inside;
  }

  messaging::KafkaBroker& kafka_;
  std::map<Partition, std::int64_t> open_;
  std::unique_ptr<messaging::EventConsumer> consumer_;
  int empty_polls_ = 0;
};

std::string text_of(const json::value* value) {
  return value ? json::serialize(*value) : "null";
}

std::int64_t version_in(const json::object& row) {
  const json::value* version = row.if_contains("version");
  return version && version->is_int64() ? version->get_int64() : -1;
}

Difference::Cause cause_of(const Difference& difference, const json::object& live,
                           const json::object& made, bool live_has_parked) {
  if (live_has_parked) return Difference::Cause::parked;
  if (difference.kind == Difference::Kind::added) return Difference::Cause::behind;
  if (difference.kind == Difference::Kind::lost) return Difference::Cause::untold;
  const std::int64_t before = version_in(live), after = version_in(made);
  if (before < after) return Difference::Cause::behind;
  if (before > after) return Difference::Cause::untold;
  return Difference::Cause::other_code;
}

json::object parse_row(const std::optional<std::string>& text) {
  return text ? json::parse(*text).as_object() : json::object{};
}

Difference to_difference(const pg::Row& row, const std::string& table,
                         std::span<const std::string> key, bool live_has_parked) {
  const json::object live = parse_row(row.maybe_text(0));
  const json::object made = parse_row(row.maybe_text(1));
  Difference difference;
  difference.table = table;
  difference.kind = live.empty()   ? Difference::Kind::added
                    : made.empty() ? Difference::Kind::lost
                                   : Difference::Kind::changed;
  difference.cause = cause_of(difference, live, made, live_has_parked);
  const json::object& any = live.empty() ? made : live;
  json::object id;
  for (const std::string& column : key) id[column] = any.at(column);
  difference.key = json::serialize(id);
  for (const auto& [name, value] : any) {
    const std::string before = text_of(live.if_contains(name));
    const std::string after = text_of(made.if_contains(name));
    if (before != after) difference.fields.push_back({std::string{name}, before, after});
  }
  return difference;
}

}  // namespace

std::int64_t Comparison::count() const {
  std::int64_t sum = 0;
  for (const Table& table : tables) sum += table.added + table.lost + table.changed;
  return sum;
}

std::string_view to_string(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::added:
      return "added";
    case Difference::Kind::lost:
      return "lost";
    case Difference::Kind::changed:
      return "changed";
  }
  return "changed";
}

std::string_view to_string(Difference::Cause cause) {
  switch (cause) {
    case Difference::Cause::parked:
      return "parked";
    case Difference::Cause::behind:
      return "behind";
    case Difference::Cause::untold:
      return "untold";
    case Difference::Cause::other_code:
      return "other-code";
  }
  return "other-code";
}

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
    std::int64_t missing = 0;
    for (const auto& [partition, end] : to) {
      missing += std::max<std::int64_t>(0, end - place_in(from, partition));
    }
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
    Comparison comparison;
    comparison.at = at;
    const bool parked = tx.exec(sql::count_live_parked, definition.name)[0].integer(0) > 0;
    for (const std::string& table : definition.tables) {
      compare_table(tx, table, named, parked, comparison);
    }
    return comparison;
  }

  void compare_table(pg::Tx& tx, const std::string& table, std::int64_t named, bool parked,
                     Comparison& comparison) {
    std::vector<std::string> key;
    for (const pg::Row row : tx.exec(sql::find_key_columns, table)) key.emplace_back(row.text(0));
    if (key.empty()) throw ShadowError{"table " + table + " has no primary key"};
    Comparison::Table counts{table, tx.exec(sql::count_rows(table))[0].integer(0)};
    const std::int64_t at_least_one = std::max<std::int64_t>(named, 1);  // the counts ride on it
    for (const pg::Row row : tx.exec(sql::compare_table(table, schema, key), at_least_one)) {
      counts.added = row.integer(2);
      counts.lost = row.integer(3);
      counts.changed = row.integer(4);
      if (named > 0) comparison.differences.push_back(to_difference(row, table, key, parked));
    }
    comparison.tables.push_back(counts);
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

namespace {

// A share of the partitions on a thread of its own.
struct RebuildWorker {
  const Definition& definition;
  pg::Connection connection;
  std::atomic<std::int64_t>& done;
  std::atomic<std::int64_t>& parked;
  const std::atomic<bool>& stop;

  void run(messaging::KafkaBroker& kafka, const Places& share) {
    Backoff pauses;
    Applier applier{definition, connection, [&](const pg::TransientError&) {
                      std::this_thread::sleep_for(pauses.next());
                      return !stop;
                    }};
    std::vector<messaging::TopicPartition> assigned;
    for (const auto& [partition, end] : share) {
      assigned.push_back({partition.first, partition.second});
    }
    Places from;
    for (const auto& position : applier.load(assigned)) {
      from[{position.topic, position.partition}] = position.offset;
    }
    Range range{kafka, from, share};
    while (!stop && !range.is_finished()) {
      const std::vector<messaging::Event> events = range.next();
      if (events.empty()) continue;
      applier.apply(events);
      pauses.reset();
      done += std::ssize(events);
      parked = applier.parked();
    }
  }
};

}  // namespace

std::int64_t Shadow::catch_up(const Places& until, std::size_t workers,
                              const std::atomic<bool>& stop,
                              const std::function<void(const RebuildProgress&)>& tell) {
  impl_->require_rebuild();
  Places ends = impl_->ends();
  for (const auto& [partition, end] : until) {
    const auto found = ends.find(partition);
    if (found != ends.end()) found->second = std::min(found->second, end);
  }
  const Places from = places();
  RebuildProgress progress;
  std::vector<Places> shares(std::max<std::size_t>(workers, 1));
  std::size_t next = 0;
  for (const auto& [partition, end] : ends) {
    progress.total += std::max<std::int64_t>(0, end - place_in(from, partition));
    shares[next++ % shares.size()][partition] = end;
  }
  std::atomic<std::int64_t> done{0}, parked{0}, running{0};
  std::atomic<bool> ended{false};
  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::thread> threads;
  for (const Places& share : shares) {
    ++running;
    threads.emplace_back([&, this] {
      try {
        pg::Connection connection = impl_->shadow_connection();
        connection.set("synchronous_commit", "off");  // the switch waits for all of it
        connection.work_by_key();
        RebuildWorker worker{impl_->definition, std::move(connection), done, parked, ended};
        worker.run(impl_->kafka, share);
      } catch (...) {
        const std::lock_guard guard{mutex};
        if (!failure) failure = std::current_exception();
        ended = true;
      }
      --running;
    });
  }
  while (running > 0) {
    if (stop || !impl_->lock.is_open()) ended = true;
    progress.done = done;
    progress.parked = parked;
    tell(progress);
    std::this_thread::sleep_for(milliseconds{20});
  }
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  impl_->check_lock();
  progress.done = done;
  progress.parked = parked;
  tell(progress);
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
