// The steps of an audit; each compares two things and adds what differs to the report.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/waybill/audit/audit.hpp"
#include "tools/waybill/audit/model.hpp"
#include "tools/waybill/audit/snapshot.hpp"

namespace waybill::tool::audit {

// Everything at its moment: where topics ended, then the databases.
struct Scene {
  const Platform& platform;
  const Options& options;
  const Tell& tell;
  Limits limits;
  std::vector<Model> models;
  std::map<std::string, std::map<std::int32_t, std::int64_t>> ends;  // before the snapshots
  std::map<std::string, std::unique_ptr<Snapshot>> snapshots;

  Snapshot* snapshot(const std::string& service) const {
    const auto found = snapshots.find(service);
    return found == snapshots.end() ? nullptr : found->second.get();
  }
};

// Rows that a check's SQL gives back.
void check_rows(const Scene& scene, const Model& model, Report& report);
// A service's states against its topic and its outbox.
void check_events(const Scene& scene, const Model& model, Report& report);
// Saga commands that were sent against the inboxes of those they were sent to.
void check_saga_commands(const Scene& scene, Report& report);
// Orders against reservations.
void check_stock(const Scene& scene, Report& report);
// A projection against its owner.
void check_copy(const Scene& scene, const Copy& copy, Report& report);
// Dead letters against inboxes, and what lies in queues.
void check_queues(const Scene& scene, const Model& model, Report& report);
// The answers that a load generator got against what happened.
void check_history(const Scene& scene, Report& report);

// Waits until nothing is under way, at most `most`. Gives back what still is; empty: all is quiet.
std::vector<std::string> settle(const Platform& platform, std::chrono::milliseconds most,
                                const Tell& tell);

}  // namespace waybill::tool::audit
