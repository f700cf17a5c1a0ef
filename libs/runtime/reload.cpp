#include "libs/runtime/reload.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include <sys/stat.h>

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::runtime {
namespace {

namespace fs = std::filesystem;

// Differs when the file does: inode, size and times, of what a link points to.
void append_stamp(const fs::path& file, std::string& out) {
  struct stat found {};
  const bool is_there = ::stat(file.c_str(), &found) == 0;
  out += file.string();
  if (is_there) {
    out += fmt::format(" {} {} {}.{}", found.st_ino, found.st_size, found.st_mtim.tv_sec,
                       found.st_mtim.tv_nsec);
  }
  out += '\n';
}

std::string stamp_of(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) files.emplace_back(path);
    for (fs::recursive_directory_iterator at{path, error}, end; !error && at != end;
         at.increment(error)) {
      if (!at->is_directory(error)) files.push_back(at->path());
    }
  }
  std::sort(files.begin(), files.end());
  std::string stamp;
  for (const fs::path& file : files) append_stamp(file, stamp);
  return stamp;
}

struct Watched {
  explicit Watched(Reload::Part what) : part{std::move(what)}, in_force{stamp_of(part.paths)} {}

  Reload::Part part;
  std::string in_force;  // the stamp that was last looked into
  std::string seen;
};

}  // namespace

struct Reload::Impl {
  void run(const std::stop_token& stop) {
    std::unique_lock lock{sleeping};
    while (!wake.wait_for(lock, stop, interval, [] { return false; }) && !stop.stop_requested()) {
      for (Watched& watched : parts) look_at(watched);
    }
  }

  // Applied when two looks agree: an editor may write in several steps.
  void look_at(Watched& watched) {
    std::string stamp = stamp_of(watched.part.paths);
    const bool settled = stamp == watched.seen;
    watched.seen = std::move(stamp);
    if (!settled || watched.seen == watched.in_force) return;
    watched.in_force = watched.seen;
    apply(watched.part);
  }

  void apply(const Part& part) {
    std::string problem;
    try {
      part.apply();
      log::info("reload.done", {{"part", part.name}});
    } catch (const std::exception& error) {
      problem = error.what();
      log::error("reload.refused", {{"part", part.name}, {"reason", problem}});
    }
    metrics::counter("reloads_total", "Changes of files that were looked into.",
                     {{"part", part.name}, {"outcome", problem.empty() ? "done" : "refused"}})
        .add();
    const std::lock_guard lock{mutex};
    refused[part.name] = !problem.empty();
  }

  // No reason: it may name paths, and readiness is public.
  std::string note() {
    const std::lock_guard lock{mutex};
    for (const auto& [name, is_refused] : refused) {
      if (is_refused) return "the new " + name + " can't be used, the old one is in force";
    }
    return {};
  }

  std::vector<Watched> parts;
  std::chrono::milliseconds interval{};
  std::mutex mutex;  // of `refused`
  std::map<std::string, bool> refused;
  std::mutex sleeping;
  std::condition_variable_any wake;
  std::jthread thread;  // last: it uses all of the above
};

Reload::Reload(std::vector<Part> parts, Health& health, std::chrono::milliseconds interval)
    : impl_{std::make_shared<Impl>()} {
  impl_->interval = interval;
  for (Part& part : parts) impl_->parts.emplace_back(std::move(part));
  health.add_note("configuration", [impl = impl_] { return impl->note(); });
}

Reload::~Reload() {
  stop();
}

void Reload::start() {
  impl_->thread =
      std::jthread{[impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); }};
}

void Reload::stop() {
  impl_->thread = {};
}

}  // namespace waybill::runtime
