// What an audit found: differences by code, each with its ids, and what is no difference but worth
// a line. Counts everything, keeps a bounded number of differences per code.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/core/clock.hpp"

namespace waybill::tool::audit {

struct Finding {
  std::string code;  // stable slug, see README.md
  std::string service;
  boost::json::object ids;  // {"order_id": "0190…", "version": 2}
  std::string detail;       // for a person; never personal data
};

// What was compared with what, and how much of it there was.
struct Step {
  std::string name;
  std::string service;
  std::int64_t looked_at = 0;
  std::int64_t differences = 0;
};

// What became of the answers that a load generator wrote down.
struct HistoryTally {
  std::int64_t ok = 0;
  std::int64_t lost = 0;
  std::int64_t duplicated = 0;
  std::int64_t recovered = 0;  // the client saw an error, the command took effect once
  std::int64_t stuck = 0;
  std::int64_t refused = 0;  // the client was told so
  std::int64_t undone = 0;   // the client saw an error, and nothing happened

  bool operator==(const HistoryTally&) const = default;
};

class Report {
 public:
  // Keeps at most `kept` differences of a code; 0: all.
  explicit Report(std::size_t kept) : kept_{kept} {}

  void begin(std::string step, std::string service);
  void look(std::int64_t more = 1) { steps_.back().looked_at += more; }
  void add(Finding finding);

  void repeated(const std::string& topic, std::int64_t more) { repeated_[topic] += more; }
  void in_flight(const std::string& what, std::int64_t count);

  bool clean() const { return total_ == 0; }
  std::int64_t total() const { return total_; }
  std::int64_t count(const std::string& code) const;
  const std::vector<Finding>& findings() const { return findings_; }
  std::int64_t repeated(const std::string& topic) const;

  Instant began{};
  std::string since, until;  // the range that was judged, as told
  std::int64_t settled_ms = -1;
  bool has_history = false;
  HistoryTally history;

  std::string to_table() const;
  boost::json::object to_json() const;

 private:
  std::size_t kept_;
  std::int64_t total_ = 0;
  std::vector<Step> steps_;
  std::vector<Finding> findings_;
  std::map<std::string, std::int64_t> counts_;
  std::map<std::string, std::int64_t> repeated_;
  std::map<std::string, std::int64_t> in_flight_;
};

}  // namespace waybill::tool::audit
