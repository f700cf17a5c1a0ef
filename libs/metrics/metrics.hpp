// Counters, gauges and histograms of this process, shown by /metrics. Declare them once, as members
// or statics:
//   metrics::Counter& placed = metrics::counter("orders_placed_total", "Orders placed.",
//   {{"outcome", "ok"}});
// All of it is thread-safe; adding costs a few nanoseconds, looking a metric up costs a lock, so
// keep the reference.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace waybill::metrics {

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double amount = 1) = 0;
  virtual double value() const = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
  virtual void add(double amount) = 0;
  virtual double value() const = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
  void observe(std::chrono::steady_clock::duration elapsed) {
    observe(std::chrono::duration<double>(elapsed).count());
  }
};

using Labels = std::vector<std::pair<std::string, std::string>>;

// The same name and labels give the same metric. Base units (seconds, bytes); counters end in
// _total.
Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels = {},
                     const std::vector<double>& buckets = {});  // default: 0.5 ms … 30 s

// Everything in the Prometheus text format 0.0.4.
std::string exposition();

// Calls `look` before each exposition, for what is only known when somebody asks. On the thread
// that asks; it must not block.
void before_exposition(std::function<void()> look);

// Which service this process is, for metrics that say so themselves. Set once, before the first of
// them.
void name_process(const std::string& service);
const std::string& process_name();

// Observes the time between its construction and destruction.
class Timer {
 public:
  explicit Timer(Histogram& histogram) : histogram_{histogram} {}
  ~Timer() { histogram_.observe(std::chrono::steady_clock::now() - start_); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  Histogram& histogram_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace waybill::metrics
