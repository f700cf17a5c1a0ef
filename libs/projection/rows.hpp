// Events as rows: the part of a projection that is the same everywhere. Events are decoded by
// ce_type; types that nobody asked for are passed over; an event that can't be read throws, which
// parks it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libs/core/money.hpp"
#include "libs/projection/definition.hpp"

namespace waybill::projection {

// A header's text. Throws std::invalid_argument when it is absent.
const std::string& header(const messaging::Event& event, std::string_view name);
// ce_version. Throws std::invalid_argument.
std::int64_t version_of(const messaging::Event& event);
// Ids, times and amounts of an event. They throw std::invalid_argument that names it.
Id read_id(std::string_view text, const messaging::Event& event);
Instant read_instant(std::string_view text, const messaging::Event& event);
Minor read_amount(std::string_view text, const messaging::Event& event);
[[noreturn]] void throw_unreadable(const messaging::Event& event);

// A Row is whatever the owner writes into a table.
template <class Row>
class Rows {
 public:
  // How a message becomes a row: Row(const Message&, const messaging::Event&).
  template <class Message, class Read>
  Rows& on(Read read) {
    readers_[Message::descriptor()->full_name()] = [read](const messaging::Event& event) {
      Message message;
      if (!message.ParseFromString(event.value)) throw_unreadable(event);
      return read(message, event);
    };
    return *this;
  }

  // A row for every event, in their order.
  std::vector<Row> every(std::span<const messaging::Event> events) const {
    std::vector<Row> rows;
    rows.reserve(events.size());
    for (const messaging::Event& event : events) {
      const auto reader = readers_.find(header(event, "ce_type"));
      if (reader != readers_.end()) rows.push_back(reader->second(event));
    }
    return rows;
  }

  // Of each key the row with the highest `version`, in the order of keys, so that two members lock
  // rows in the same order. The SQL that writes them keeps what is newer already:
  // ON CONFLICT … DO UPDATE … WHERE t.version < excluded.version.
  std::vector<Row> newest(std::span<const messaging::Event> events) const {
    std::map<std::string_view, Row> by_key;
    for (const messaging::Event& event : events) {
      const auto reader = readers_.find(header(event, "ce_type"));
      if (reader == readers_.end()) continue;
      Row row = reader->second(event);
      const auto [place, is_new] = by_key.try_emplace(event.key, row);
      if (!is_new && place->second.version < row.version) place->second = std::move(row);
    }
    std::vector<Row> rows;
    rows.reserve(by_key.size());
    for (auto& [key, row] : by_key) rows.push_back(std::move(row));
    return rows;
  }

  // The usual Apply: void write(pg::Tx&, std::span<const Row>) gets the newest state of each key.
  template <class Write>
  Apply newest_into(Write write) const {
    return [rows = *this, write](pg::Tx& tx, std::span<const messaging::Event> events) {
      const std::vector<Row> states = rows.newest(events);
      if (!states.empty()) write(tx, std::span<const Row>{states});
    };
  }
  // For tables with a row per event.
  template <class Write>
  Apply every_into(Write write) const {
    return [rows = *this, write](pg::Tx& tx, std::span<const messaging::Event> events) {
      const std::vector<Row> all = rows.every(events);
      if (!all.empty()) write(tx, std::span<const Row>{all});
    };
  }

 private:
  std::unordered_map<std::string, std::function<Row(const messaging::Event&)>> readers_;
};

}  // namespace waybill::projection
