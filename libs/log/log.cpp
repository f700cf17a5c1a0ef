#include "libs/log/log.hpp"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "libs/core/clock.hpp"

namespace waybill::log {
namespace {

// Lines that may wait for the writer. When the disk is slower than that the oldest go: logging
// never stops the service.
constexpr std::size_t kWaiting = 8192;

std::atomic<Level> g_level{Level::info};
std::string g_service = "waybill";
std::shared_ptr<spdlog::details::thread_pool> g_writer;
std::shared_ptr<spdlog::logger> g_logger;

thread_local const TraceContext* t_context = nullptr;

std::string_view name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
    case Level::off:
      return "off";
  }
  return "info";
}

void append_quoted(std::string& out, std::string_view text) {
  out += boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string line(Level level, std::string_view event, Fields fields) {
  std::string out = fmt::format(R"({{"at":"{}","level":"{}","service":"{}","event":"{}")",
                                to_rfc3339(now()), name(level), g_service, event);
  if (t_context && !t_context->correlation_id.empty()) {
    out += R"(,"correlation_id":)";
    append_quoted(out, t_context->correlation_id);
  }
  if (t_context && t_context->traceparent.size() == 55) {
    out += fmt::format(R"(,"trace_id":"{}")", t_context->traceparent.substr(3, 32));
  }
  for (const Field& field : fields) {
    out += fmt::format(R"(,"{}":{})", field.name(), field.json());
  }
  out += '}';
  return out;
}

}  // namespace

Field::Field(std::string_view name, std::string_view value) : name_{name}, json_{quoted(value)} {}
Field::Field(std::string_view name, const Id& value)
    : name_{name}, json_{'"' + value.to_string() + '"'} {}
Field::Field(std::string_view name, bool value) : name_{name}, json_{value ? "true" : "false"} {}
Field::Field(std::string_view name, double value)
    : name_{name}, json_{fmt::format("{:.6g}", value)} {}

void start(std::string_view service, Level level) {
  g_service = service;
  g_level = level;
  g_writer = std::make_shared<spdlog::details::thread_pool>(kWaiting, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger =
      std::make_shared<spdlog::async_logger>(std::string{service}, std::move(sink), g_writer,
                                             spdlog::async_overflow_policy::overrun_oldest);
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::info);
  g_logger = std::move(logger);
}

void stop() {
  g_logger.reset();
  g_writer.reset();  // joins the writer after the last line
}

void set_level(Level level) {
  g_level = level;
}

bool enabled(Level level) {
  return level >= g_level.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  std::string text = line(level, event, fields);
  if (g_logger) {
    g_logger->info(spdlog::string_view_t{text.data(), text.size()});
  } else {
    text += '\n';
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
}

Scope::Scope(TraceContext context) : outer_{t_context}, context_{std::move(context)} {
  t_context = &context_;
}

Scope::~Scope() {
  t_context = outer_;
}

}  // namespace waybill::log
