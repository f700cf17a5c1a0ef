#include "libs/metrics/metrics.hpp"

#include <deque>
#include <map>
#include <mutex>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace waybill::metrics {
namespace {

// From half a millisecond, where a cached read is, to the half minute at which everybody has given
// up.
const std::vector<double> kSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                   0.25,   0.5,   1,      2.5,   5,    10,    30};

prometheus::Registry& registry() {
  static auto* the_registry = new prometheus::Registry;  // outlives every static that counts
  return *the_registry;
}

struct CounterOf final : Counter {
  explicit CounterOf(prometheus::Counter& of) : inner{of} {}
  void add(double amount) override { inner.Increment(amount); }
  double value() const override { return inner.Value(); }
  prometheus::Counter& inner;
};

struct GaugeOf final : Gauge {
  explicit GaugeOf(prometheus::Gauge& of) : inner{of} {}
  void set(double value) override { inner.Set(value); }
  void add(double amount) override { inner.Increment(amount); }
  double value() const override { return inner.Value(); }
  prometheus::Gauge& inner;
};

struct HistogramOf final : Histogram {
  explicit HistogramOf(prometheus::Histogram& of) : inner{of} {}
  void observe(double value) override { inner.Observe(value); }
  prometheus::Histogram& inner;
};

std::map<std::string, std::string> as_map(const Labels& labels) {
  return {labels.begin(), labels.end()};
}

// Wrappers live for ever, like the metrics they wrap; the same metric always has the same one.
template <class Wrapper, class Inner>
Wrapper& wrap(Inner& inner) {
  static std::mutex mutex;
  static auto* wrappers = new std::map<Inner*, std::unique_ptr<Wrapper>>;
  const std::lock_guard lock{mutex};
  auto& found = (*wrappers)[&inner];
  if (!found) found = std::make_unique<Wrapper>(inner);
  return *found;
}

}  // namespace

Counter& counter(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry());
  return wrap<CounterOf>(family.Add(as_map(labels)));
}

Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry());
  return wrap<GaugeOf>(family.Add(as_map(labels)));
}

Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels,
                     const std::vector<double>& buckets) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry());
  return wrap<HistogramOf>(family.Add(as_map(labels), buckets.empty() ? kSeconds : buckets));
}

namespace {

struct Looks {
  std::mutex mutex;
  std::deque<std::function<void()>> all;
};

Looks& looks() {
  static auto* the_looks = new Looks;
  return *the_looks;
}

std::string& name() {
  static auto* the_name = new std::string{"waybill"};
  return *the_name;
}

}  // namespace

void before_exposition(std::function<void()> look) {
  const std::lock_guard lock{looks().mutex};
  looks().all.push_back(std::move(look));
}

void name_process(const std::string& service) {
  name() = service;
}

const std::string& process_name() {
  return name();
}

std::string exposition() {
  const std::lock_guard lock{looks().mutex};
  for (const auto& look : looks().all) look();
  return prometheus::TextSerializer{}.Serialize(registry().Collect());
}

}  // namespace waybill::metrics
