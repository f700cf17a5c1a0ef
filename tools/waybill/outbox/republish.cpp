#include "tools/waybill/outbox/republish.hpp"

#include <boost/json.hpp>

#include "libs/pg/pg.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/operator.hpp"

namespace waybill::tool::outbox {
namespace {

namespace json = boost::json;
using waybill::outbox::OutboxRow;

constexpr std::size_t kKeys = 50;  // at once
constexpr double kPortionsPerSecond = 5;

// The first chosen row of each key, key by key. $6 is the key after which to go on.
constexpr pg::Statement find_keys{"find_republished_keys", R"(
  SELECT key, min(id), count(*)
    FROM outbox_sent
   WHERE channel = $1::text AND key > $6::text
     AND ($2::bigint[] = '{}' OR id = ANY ($2::bigint[]))
     AND ($3::text = '' OR key = $3::text)
     AND ($4::timestamptz IS NULL OR sent_at >= $4::timestamptz)
     AND ($5::timestamptz IS NULL OR sent_at < $5::timestamptz)
   GROUP BY key
   ORDER BY key
   LIMIT $7::bigint)"};

// Rows of these keys from these ids on, oldest first.
constexpr pg::Statement find_rows{"find_republished_rows", R"(
  SELECT DISTINCT ON (sent.id) sent.id, target, sent.key, type, headers, payload, at
    FROM outbox_sent AS sent
    JOIN unnest($2::text[], $3::bigint[]) AS wanted (key, first)
      ON sent.key = wanted.key AND sent.id >= wanted.first AND sent.key = ANY ($2::text[])
   WHERE channel = $1::text
   ORDER BY sent.id
   LIMIT $4::bigint)"};

// Those that were chosen and no others: saga commands need no order.
constexpr pg::Statement find_chosen{"find_republished_chosen", R"(
  SELECT id, target, key, type, headers, payload, at
    FROM outbox_sent
   WHERE channel = $1::text AND key = ANY ($6::text[])
     AND ($2::bigint[] = '{}' OR id = ANY ($2::bigint[]))
     AND ($3::text = '' OR key = $3::text)
     AND ($4::timestamptz IS NULL OR sent_at >= $4::timestamptz)
     AND ($5::timestamptz IS NULL OR sent_at < $5::timestamptz)
   ORDER BY id)"};

OutboxRow read_row(const pg::Row& row) {
  OutboxRow read{.id = row.integer(0),
                 .target = std::string{row.text(1)},
                 .key = std::string{row.text(2)},
                 .type = std::string{row.text(3)},
                 .payload = row.bytes(5),
                 .headers = {},
                 .at = row.instant(6)};
  const std::string_view headers = row.text(4);
  const json::value parsed = json::parse(json::string_view{headers.data(), headers.size()});
  for (const auto& [name, value] : parsed.as_object()) {
    read.headers.emplace(name, value.as_string());
  }
  return read;
}

pg::Connection connect(const std::string& url) {
  pg::Options options;
  options.url = url;
  options.application_name = "waybill.tool";
  options.statement_time = std::chrono::minutes{10};
  return pg::Connection{std::move(options)};
}

class Republishing {
 public:
  Republishing(const std::string& url, const Selection& selection, waybill::outbox::Sink* sink,
               double per_second)
      : connection_{connect(url)},
        selection_{selection},
        sink_{sink},
        pace_{per_second},
        portion_{std::clamp<std::int64_t>(
            static_cast<std::int64_t>(per_second / kPortionsPerSecond), 1, 500)} {
    for (const std::int64_t id : selection.ids) ids_.add(id);
  }

  Republished run() {
    std::string after;
    for (;;) {
      std::map<std::string, std::int64_t> first = next_keys(after);
      if (first.empty() || interrupted()) return done_;
      after = first.rbegin()->first;
      if (selection_.channel == "event") {
        tell_from(std::move(first));
      } else {
        tell_chosen(first);
      }
    }
  }

 private:
  pg::Rows find(const pg::Statement& statement, const pg::Param& last) {
    return pg::Session{connection_}.exec(statement, selection_.channel, ids_, selection_.key,
                                         selection_.since, selection_.until, last);
  }

  // Key → id of its first chosen row.
  std::map<std::string, std::int64_t> next_keys(const std::string& after) {
    std::map<std::string, std::int64_t> first;
    const pg::Rows rows =
        pg::Session{connection_}.exec(find_keys, selection_.channel, ids_, selection_.key,
                                      selection_.since, selection_.until, after, kKeys);
    for (const pg::Row row : rows) {
      first.emplace(row.text(0), row.integer(1));
      done_.chosen += row.integer(2);
      ++done_.keys;
    }
    return first;
  }

  // Goes on until nothing is left behind what was told: the relay may tell more meanwhile, and its
  // word must be the last.
  void tell_from(std::map<std::string, std::int64_t> first) {
    while (!interrupted()) {
      pg::Array keys, ids;
      for (const auto& [key, id] : first) {
        keys.add(key);
        ids.add(id);
      }
      std::vector<OutboxRow> rows;
      const pg::Rows found =
          pg::Session{connection_}.exec(find_rows, selection_.channel, keys, ids, portion_);
      for (const pg::Row row : found) rows.push_back(read_row(row));
      if (rows.empty()) return;
      if (!tell(rows)) return;
      for (const OutboxRow& row : rows) first[row.key] = row.id + 1;
    }
  }

  void tell_chosen(const std::map<std::string, std::int64_t>& first) {
    pg::Array keys;
    for (const auto& [key, id] : first) keys.add(key);
    std::vector<OutboxRow> rows;
    for (const pg::Row row : find(find_chosen, keys)) {
      rows.push_back(read_row(row));
      if (static_cast<std::int64_t>(rows.size()) < portion_) continue;
      if (!tell(rows)) return;
      rows.clear();
    }
    if (!rows.empty()) tell(rows);
  }

  // False when interrupted.
  bool tell(std::span<const OutboxRow> rows) {
    if (sink_ != nullptr) {
      if (!pace_.wait(rows.size())) return false;
      const std::vector<bool> stored = sink_->publish(rows);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!stored[i]) {
          throw std::runtime_error{
              fmt::format("the broker did not take row {} of key {}; {} were told before it",
                          rows[i].id, rows[i].key, done_.told)};
        }
      }
    }
    done_.told += static_cast<std::int64_t>(rows.size());
    return true;
  }

  pg::Connection connection_;
  const Selection& selection_;
  waybill::outbox::Sink* sink_;
  Pace pace_;
  const std::int64_t portion_;
  pg::Array ids_;
  Republished done_;
};

}  // namespace

Republished republish(const std::string& url, const Selection& selection,
                      waybill::outbox::Sink* sink, double per_second) {
  return Republishing{url, selection, sink, per_second}.run();
}

}  // namespace waybill::tool::outbox
