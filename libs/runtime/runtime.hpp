// What every service has: settings, signals, health, metrics, drain. A service's main is one line:
//   int main(int argc, char** argv) { return waybill::runtime::run<OrderService>("order", "takes
//   orders", argc, argv); }
// with
//   struct OrderService {
//     struct Settings { …; void declare(config::Settings& settings);
//                       static void adjust(CommonSettings&);  // other defaults, if any };
//     OrderService(runtime::Runtime& runtime, const Settings& settings);
//     void start();   // intake last
//     void stop();    // intake first; called on SIGTERM and SIGINT from the io thread's owner, may
//     block
//   };
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "libs/cache/cache.hpp"
#include "libs/config/settings.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/pg/pg.hpp"
#include "libs/runtime/health.hpp"

namespace waybill::contract {
class Contract;
}

namespace waybill::web {
class Handler;
}

namespace waybill::runtime {

// Settings of every process.
struct CommonSettings {
  std::string http_listen = "127.0.0.1:0";
  std::string ops_listen = "127.0.0.1:0";
  std::string log_level = "info";
  std::string trace_receiver;
  std::string contracts = "services";
  config::Secret pg_url;
  config::Secret rabbit_url{"amqp://guest:guest@127.0.0.1:5672/"};
  std::string kafka_brokers = "127.0.0.1:9092";
  std::string redis_url = "redis://127.0.0.1:6379";
  std::int64_t command_batch = 100;
  std::chrono::milliseconds command_pace{5};
  std::int64_t command_workers = 1;
  std::int64_t query_threads = 4;
  std::chrono::milliseconds drain_time{20'000};

  void declare(config::Settings& settings);
};

class Runtime {
 public:
  // `arguments`: the command line with the program's name, for read_settings_again().
  Runtime(std::string name, CommonSettings settings, std::vector<std::string> arguments = {});
  ~Runtime();

  const std::string& name() const;
  const CommonSettings& settings() const;
  // The file of --config; empty without one.
  std::string settings_file() const;
  // The service's own settings as they would be for a process that starts now. Throws
  // SettingsError.
  template <class Own>
  void read_settings_again(Own& own) const;
  boost::asio::io_context& io();
  pg::Options database() const;       // throws SettingsError without pg.url
  messaging::RabbitBroker& rabbit();  // these three connect when first asked for
  messaging::KafkaBroker& kafka();
  cache::Cache& cache();
  const contract::Contract& contract();  // all services' api.yaml
  // Whom the ops port asks for paths that it does not know. Before serve().
  void add_to_ops_port(web::Handler& handler);
  Health& health();

  // Runs the ops server and the io thread until SIGTERM or SIGINT, then calls stop. Returns the
  // exit code.
  int serve(const std::function<void()>& start, const std::function<void()>& stop);

 private:
  const std::vector<std::string>& arguments() const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <class Own>
void Runtime::read_settings_again(Own& own) const {
  CommonSettings common;
  config::Settings settings{"waybill-" + name(), {}};
  common.declare(settings);
  own.declare(settings);
  settings.parse(arguments());
}

namespace detail {
// Parses the command line; returns an exit code when there is nothing to run.
std::optional<int> parse(config::Settings& settings, int argc, char** argv);
int report_failure(const std::string& service, const std::exception& error);
}  // namespace detail

template <class Service>
int run(const std::string& name, const std::string& purpose, int argc, char** argv) {
  CommonSettings common;
  typename Service::Settings own;
  if constexpr (requires { Service::Settings::adjust(common); }) Service::Settings::adjust(common);
  config::Settings settings{"waybill-" + name, purpose};
  common.declare(settings);
  own.declare(settings);
  if (const auto exit_code = detail::parse(settings, argc, argv)) return *exit_code;
  try {
    Runtime runtime{name, common, {argv, argv + argc}};
    Service service{runtime, own};
    return runtime.serve([&] { service.start(); }, [&] { service.stop(); });
  } catch (const std::exception& error) {
    return detail::report_failure(name, error);
  }
}

}  // namespace waybill::runtime
