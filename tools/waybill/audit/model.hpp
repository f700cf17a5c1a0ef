// What the audit knows of each service: how its rows, commands and events belong together. A new
// service is one more Model; without one it gets the checks that all services share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/messaging/message.hpp"

namespace waybill::tool::audit {

// Rows that should not be: column 0 is a JSON object of ids, column 1 says what is wrong.
struct Check {
  std::string code;
  std::string name;
  std::string sql;
};

struct Model {
  std::string service;  // also its queue
  std::string topic;    // empty: it tells nothing
  std::string id_name;  // what its aggregates are called: "order_id"
  // Its aggregates in the order of ids: id, version, md5 of what the newest event must say too,
  // created since the beginning of the range.
  std::string states;
  // The same text from an event, before md5; empty for an event that says nothing of the state.
  std::function<std::string(const messaging::Event&)> facts;
  std::vector<Check> checks;
};

// A copy that one service keeps of another's rows. Both texts give: id, version, md5 of what must
// be the same; in the order of ids. The owner's rows have a fourth column: whether the copy may
// still be on its way.
struct Copy {
  std::string name;  // in projection_offset
  std::string owner;
  std::string holder;
  std::string id_name;
  std::string topic;
  std::string owner_sql;
  std::string holder_sql;
};

Model order_model();
Model product_model();
Model identity_model();
Model file_model();
Model advert_model();

// The model of a service by name; of an unknown one that of every service.
Model model_of(const std::string& service);
std::vector<Copy> copies();

// Every service's database has these.
std::vector<Check> common_checks();

// The status of a stored outcome, 0 where it can't be read; a piece of SQL over inbox.outcome. An
// Outcome begins with command_id (36 characters) and status, as protobuf writes fields in their
// order.
inline const std::string kStatus =
    "CASE WHEN length(outcome) < 41 OR get_byte(outcome, 38) <> 16 THEN 0 "
    "ELSE (get_byte(outcome, 39) & 127) | (get_byte(outcome, 40) << 7) END";

// Pieces of SQL over the range that is judged.
inline const std::string kSince = "current_setting('audit.since')::timestamptz";
inline const std::string kUntil = "current_setting('audit.until')::timestamptz";
inline const std::string kStuck = "current_setting('audit.stuck')::timestamptz";

// "<column> is within the range".
std::string in_range(const std::string& column);

}  // namespace waybill::tool::audit
