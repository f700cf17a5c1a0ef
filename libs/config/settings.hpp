// Settings are declared once, where they are used, and come from (first wins) a flag, the
// environment, a file or the default. `order.unpaid-timeout` is the flag --order.unpaid-timeout,
// the variable WAYBILL_ORDER_UNPAID_TIMEOUT and the line `order.unpaid-timeout = 30m` of the file
// named by --config. `--help` lists all of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::config {

// A value that prints as ***.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_{std::move(value)} {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

// Thrown for an unknown setting or a value that can't be read; what() says which and what would do.
class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Settings {
 public:
  // `program` and `purpose` head the help text.
  Settings(std::string program, std::string purpose);
  ~Settings();
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  // Declares a setting; `target` holds the default now and the value after parse(). Targets must
  // outlive parse().
  void add(const std::string& name, std::string& target, const std::string& help);
  void add(const std::string& name, bool& target, const std::string& help);
  void add(const std::string& name, std::int64_t& target, const std::string& help);
  // Durations are written 250ms, 5s, 30m, 1h, 7d; 0 means never where the help says so.
  void add(const std::string& name, std::chrono::milliseconds& target, const std::string& help);
  // Comma separated.
  void add(const std::string& name, std::vector<std::string>& target, const std::string& help);
  // By environment or file only: a flag would show in the list of processes. WAYBILL_X_FILE names a
  // file with the value.
  void add(const std::string& name, Secret& target, const std::string& help);

  enum class Next { run, exit_ok };
  // exit_ok after --help or --version (printed). Throws SettingsError.
  Next parse(int argc, const char* const* argv);
  Next parse(const std::vector<std::string>& arguments);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The file that a command line (or WAYBILL_CONFIG) names; empty without one.
std::string file_of(const std::vector<std::string>& arguments);

// "WAYBILL_ORDER_UNPAID_TIMEOUT" for "order.unpaid-timeout".
std::string environment_name(std::string_view setting);

}  // namespace waybill::config
