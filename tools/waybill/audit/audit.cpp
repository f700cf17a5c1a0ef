#include "tools/waybill/audit/audit.hpp"

#include "tools/waybill/audit/steps.hpp"
#include "tools/waybill/connection.hpp"

namespace waybill::tool::audit {
namespace {

bool chosen(const Options& options, const std::string& service) {
  return options.services.empty() || std::find(options.services.begin(), options.services.end(),
                                               service) != options.services.end();
}

std::vector<Model> choose_models(const Platform& platform, const Options& options) {
  for (const std::string& service : options.services) {
    if (!platform.databases.contains(service)) {
      throw UsageError{fmt::format("there is no database of a service '{}'", service)};
    }
  }
  std::vector<Model> models;
  for (const auto& [service, url] : platform.databases) {
    if (chosen(options, service)) models.push_back(model_of(service));
  }
  if (models.empty()) {
    throw UsageError{
        "no database is known: eval \"$(deploy/local/env.sh dev)\" sets "
        "WAYBILL_DATABASE_<SERVICE>"};
  }
  return models;
}

// What is younger than `until` is not judged between services; what has waited since `stuck` is
// stuck. After everything was quiet nothing is under way any more.
Limits limits_of(const Options& options, Instant at, bool quiet) {
  Limits limits;
  Instant until = quiet ? at : at - options.grace;
  if (options.until) until = std::min(until, *options.until);
  if (options.since) limits.since = to_rfc3339(*options.since);
  limits.until = to_rfc3339(until);
  limits.stuck = to_rfc3339(quiet ? at : at - options.stuck);
  return limits;
}

std::map<std::int32_t, std::int64_t> ends_of(messaging::KafkaBroker& kafka,
                                             const std::string& topic) {
  std::map<std::int32_t, std::int64_t> ends;
  for (const messaging::PartitionInfo& info : kafka.partitions(topic)) {
    ends[info.partition] = info.end;
  }
  return ends;
}

void take_snapshots(Scene& scene) {
  for (const Model& model : scene.models) {
    if (!model.topic.empty()) scene.ends[model.topic] = ends_of(scene.platform.kafka, model.topic);
  }
  const auto take = [&](const std::string& service) {
    const auto url = scene.platform.databases.find(service);
    if (url == scene.platform.databases.end() || scene.snapshots.contains(service)) return;
    scene.snapshots[service] = std::make_unique<Snapshot>(url->second, scene.limits);
  };
  // Copies before their originals: then no copy can be ahead of what we saw of its owner.
  for (const Copy& copy : copies()) take(copy.holder);
  for (const auto& [service, url] : scene.platform.databases) take(service);
}

void compare(const Scene& scene, Report& report) {
  for (const Model& model : scene.models) {
    scene.tell(model.service + ": rows");
    check_rows(scene, model, report);
    if (!model.topic.empty()) check_events(scene, model, report);
    check_queues(scene, model, report);
  }
  scene.tell("between services");
  check_saga_commands(scene, report);
  check_stock(scene, report);
  for (const Copy& copy : copies()) {
    if (chosen(scene.options, copy.owner) || chosen(scene.options, copy.holder)) {
      check_copy(scene, copy, report);
    }
  }
  if (!scene.options.history.empty()) check_history(scene, report);
}

}  // namespace

Report run(const Platform& platform, const Options& options, const Tell& tell) {
  Report report{options.kept};
  report.began = now();
  Scene scene{platform, options, tell, {}, choose_models(platform, options), {}, {}};
  bool quiet = false;
  if (options.settle) {
    report.begin("everything comes to rest", "all");
    const auto busy = settle(platform, *options.settle, tell);
    quiet = busy.empty();
    for (const std::string& what : busy) {
      report.add({"not-settled", "all", {{"what", what}}, "after the whole time of --settle"});
    }
    const auto took = now() - report.began;
    if (quiet) {
      report.settled_ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    }
  }
  scene.limits = limits_of(options, now(), quiet);
  report.since = scene.limits.since;
  report.until = scene.limits.until;
  take_snapshots(scene);
  compare(scene, report);
  return report;
}

}  // namespace waybill::tool::audit
