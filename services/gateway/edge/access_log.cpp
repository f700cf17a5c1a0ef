#include "services/gateway/edge/access_log.hpp"

#include "libs/contract/json.hpp"
#include "libs/core/clock.hpp"
#include "libs/log/log.hpp"

namespace waybill::gateway {
namespace {

// Lines leave at the latest after this time, or as soon as there are this many bytes.
constexpr std::chrono::milliseconds kCollect{200};
constexpr std::size_t kEnough = 64 * 1024;
// A log that can't be written must not fill the memory: beyond this, lines are dropped and counted.
constexpr std::size_t kMostWaiting = 8 * 1024 * 1024;

// The code of a problem document, ours or a service's: they all begin with their type. Empty for
// other answers.
std::string_view cause_of(const web::Response& response) {
  constexpr std::string_view kType = R"({"type":"/problems/)";
  if (response.status < 400) return {};
  std::string_view text = response.shared_body ? *response.shared_body : response.body;
  if (!text.starts_with(kType)) return {};
  text.remove_prefix(kType.size());
  const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
  return text.substr(0, end);
}

void write_to_stderr(std::string_view lines) {
  std::fwrite(lines.data(), 1, lines.size(), stderr);
}

}  // namespace

AccessLog::AccessLog(AccessLogLevel level) : AccessLog{level, write_to_stderr} {}

AccessLog::AccessLog(AccessLogLevel level, Sink sink)
    : level_{level}, sink_{std::move(sink)}, writer_{[this](const std::stop_token& stop) {
        run(stop);
      }} {}

AccessLog::~AccessLog() {
  writer_ = {};
}

void AccessLog::add(const web::Request& request, const Entry& entry) {
  std::string line;
  line.reserve(400);
  line.append(R"({"at":")").append(to_rfc3339(now()));
  line.append(R"(","level":"info","service":"gateway","event":"http.request","correlation_id":)");
  contract::append_json_string(request.trace.correlation_id, line);
  line += R"(,"method":)";
  contract::append_json_string(request.method, line);
  line += R"(,"route":)";
  contract::append_json_string(entry.route, line);
  line += R"(,"path":)";
  contract::append_json_string(request.path, line);
  line.append(R"(,"status":)").append(fmt::format_int(entry.response.status).c_str());
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(entry.elapsed).count();
  line.append(R"(,"micros":)").append(fmt::format_int(micros).c_str());
  line.append(R"(,"caller":")").append(to_header(entry.caller));
  if (!entry.upstream.empty()) line.append(R"(","upstream":")").append(entry.upstream);
  const std::string_view cause = cause_of(entry.response);
  if (!cause.empty()) line.append(R"(","cause":")").append(cause);
  line += R"(","peer":)";
  contract::append_json_string(request.client, line);
  line += "}\n";

  const std::lock_guard lock{mutex_};
  if (waiting_.size() + line.size() > kMostWaiting) {
    ++dropped_;
    return;
  }
  const bool was_enough = waiting_.size() >= kEnough;
  waiting_ += line;
  if (!was_enough && waiting_.size() >= kEnough) arrived_.notify_one();
}

void AccessLog::run(const std::stop_token& stop) {
  for (bool last = false; !last;) {
    std::string lines;
    std::uint64_t dropped = 0;
    {
      std::unique_lock lock{mutex_};
      arrived_.wait_for(lock, stop, kCollect, [&] { return waiting_.size() >= kEnough; });
      last = stop.stop_requested();
      lines.swap(waiting_);
      dropped = std::exchange(dropped_, 0);
    }
    if (!lines.empty()) sink_(lines);
    if (dropped > 0) log::warn("gateway.access-log-dropped", {{"lines", dropped}});
  }
}

}  // namespace waybill::gateway
