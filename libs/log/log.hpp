// Logs are events with fields, one JSON line each on standard error:
//   log::info("order.placed", {{"order_id", id}, {"lines", n}});
// Thread-safe, asynchronous: the caller pays for formatting, never for writing. The correlation id
// of the present scope is added by itself. No payloads, no secrets.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "libs/core/context.hpp"
#include "libs/core/id.hpp"

namespace waybill::log {

enum class Level { debug, info, warn, error, off };

class Field {
 public:
  Field(std::string_view name, std::string_view value);
  Field(std::string_view name, const char* value) : Field{name, std::string_view{value}} {}
  Field(std::string_view name, const std::string& value) : Field{name, std::string_view{value}} {}
  Field(std::string_view name, const Id& value);
  Field(std::string_view name, bool value);
  Field(std::string_view name, double value);
  template <std::integral T>
  Field(std::string_view name, T value) : name_{name}, json_{std::to_string(value)} {}

  std::string_view name() const { return name_; }
  const std::string& json() const { return json_; }

 private:
  std::string_view name_;
  std::string json_;  // the value, ready to print
};

using Fields = std::initializer_list<Field>;

// Called once by runtime; without it everything from `info` up goes to standard error.
void start(std::string_view service, Level level);
// Writes what is waiting and stops the writer's thread.
void stop();

// From now on; start() said the first.
void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view event, Fields fields);

inline void debug(std::string_view event, Fields fields = {}) {
  if (enabled(Level::debug)) write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
  write(Level::info, event, fields);
}
inline void warn(std::string_view event, Fields fields = {}) {
  write(Level::warn, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

// While it lives, lines of this thread carry the ids. For synchronous code only: a coroutine that
// suspends would leave its ids to others.
class Scope {
 public:
  explicit Scope(TraceContext context);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  const TraceContext* outer_;
  TraceContext context_;
};

}  // namespace waybill::log
