#include "libs/projection/parking.hpp"

#include <boost/json.hpp>

#include "libs/projection/sql.hpp"

namespace waybill::projection {
namespace {

namespace json = boost::json;

constexpr std::int64_t most_retried = 1'000'000;  // more than can be parked

std::string to_json(const messaging::Headers& headers) {
  json::object object;
  for (const auto& [name, value] : headers) object[name] = value;
  return json::serialize(object);
}

messaging::Headers from_json(std::string_view text) {
  messaging::Headers headers;
  const json::value parsed = json::parse(json::string_view{text.data(), text.size()});
  for (const auto& [name, value] : parsed.as_object()) {
    headers.emplace(std::string{name}, std::string{value.as_string()});
  }
  return headers;
}

// Nothing when somebody else has applied it meanwhile.
std::optional<messaging::Event> load(pg::Tx& tx, const std::string& projection,
                                     const ParkedEvent& parked) {
  const pg::Rows rows =
      tx.exec(sql::find_parked, projection, parked.topic, parked.partition, parked.offset);
  if (rows.empty()) return std::nullopt;
  messaging::Event event;
  event.topic = parked.topic;
  event.partition = parked.partition;
  event.offset = parked.offset;
  event.key = rows[0].text(0);
  event.headers = from_json(rows[0].text(1));
  event.value = rows[0].bytes(2);
  event.timestamp_ms = rows[0].integer(3);
  return event;
}

void note_attempt(pg::Connection& connection, const std::string& projection,
                  const ParkedEvent& parked, const std::string& reason) {
  pg::Tx tx{connection};
  tx.exec(sql::note_attempt, projection, parked.topic, parked.partition, parked.offset, reason);
  tx.commit();
}

// False: it still can't be applied.
bool retry(pg::Connection& connection, const Definition& definition, const ParkedEvent& parked) {
  try {
    pg::Tx tx{connection};
    tx.exec(sql::lock_offset, definition.name, parked.topic, parked.partition);
    const auto event = load(tx, definition.name, parked);
    if (!event) return true;
    definition.apply(tx, {&*event, 1});
    tx.exec(sql::delete_parked, definition.name, parked.topic, parked.partition, parked.offset);
    tx.commit();
    return true;
  } catch (const pg::TransientError&) {
    throw;
  } catch (const std::exception& error) {
    note_attempt(connection, definition.name, parked, error.what());
    return false;
  }
}

}  // namespace

std::int64_t Parking::count(pg::Tx& tx) const {
  return tx.exec(sql::count_parked, projection_)[0].integer(0);
}

std::set<TopicKey> Parking::blocked(pg::Tx& tx, std::span<const messaging::Event> events) const {
  pg::Array topics, keys;
  for (const messaging::Event& event : events) {
    if (event.key.empty()) continue;  // nothing says that these belong together
    topics.add(event.topic);
    keys.add(event.key);
  }
  std::set<TopicKey> found;
  for (const pg::Row row : tx.exec(sql::find_parked_keys, projection_, topics, keys)) {
    found.emplace(row.text(0), row.text(1));
  }
  return found;
}

void Parking::park(pg::Tx& tx, const messaging::Event& event,
                   const std::optional<std::string>& reason) const {
  tx.exec(sql::insert_parked, projection_, event.topic, event.partition, event.offset, event.key,
          to_json(event.headers), pg::bytes(event.value), event.timestamp_ms, reason);
}

std::vector<ParkedEvent> list_parked(pg::Connection& connection, const std::string& projection,
                                     std::int64_t most) {
  std::vector<ParkedEvent> parked;
  for (const pg::Row row : pg::Session{connection}.exec(sql::list_parked, projection, most)) {
    parked.push_back({std::string{row.text(0)}, static_cast<std::int32_t>(row.integer(1)),
                      row.integer(2), std::string{row.text(3)}, row.maybe_text(4), row.integer(5),
                      row.instant(6), row.maybe_instant(7)});
  }
  return parked;
}

Retried retry_parked(pg::Connection& connection, const Definition& definition) {
  Retried result;
  std::set<TopicKey> failed;
  for (const ParkedEvent& parked : list_parked(connection, definition.name, most_retried)) {
    const TopicKey key{parked.topic, parked.key};
    const bool waits = !parked.key.empty() && failed.contains(key);
    if (!waits && retry(connection, definition, parked)) {
      ++result.applied;
    } else {
      failed.insert(key);
      ++result.left;
    }
  }
  return result;
}

}  // namespace waybill::projection
