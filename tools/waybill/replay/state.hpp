// Where the tool keeps what must survive a kill: checkpoints of replays, and who did what and why.
#pragma once

#include <map>
#include <string>

#include <boost/json.hpp>

#include "tools/waybill/replay/plan.hpp"

namespace waybill::tool::replay {

// $XDG_STATE_HOME/waybill, ~/.local/state/waybill, made when it is missing. Throws
// std::runtime_error when it can't be.
std::string state_folder();

using Places = std::map<std::pair<std::string, std::int32_t>, std::int64_t>;

// How far a replay is.
struct Checkpoint {
  Plan plan;
  Places next;         // offset of the next event of the source
  Places target_ends;  // of the target topic when it began
  std::int64_t done = 0;
  bool finished = false;
};

// nullopt when there is none, or none that can be read.
std::optional<Checkpoint> read_checkpoint(const std::string& file);
// Whole or not at all.
void write_checkpoint(const std::string& file, const Checkpoint& checkpoint);

// Appends {at, who, why, what, result} to audit.ndjson in the state folder.
void write_audit_line(const std::string& why, boost::json::object what,
                      const boost::json::value& result);

// The file's text; throws UsageError.
std::string read_file(const std::string& file);

}  // namespace waybill::tool::replay
