#include "libs/runtime/runtime.hpp"

#include <csignal>
#include <iostream>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_future.hpp>

#include "libs/async/async.hpp"
#include "libs/contract/contract.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/io_call.hpp"
#include "libs/trace/trace.hpp"
#include "libs/web/server.hpp"

namespace waybill::runtime {
namespace {

log::Level parse_level(const std::string& text) {
  if (text == "debug") return log::Level::debug;
  if (text == "info") return log::Level::info;
  if (text == "warn") return log::Level::warn;
  if (text == "error") return log::Level::error;
  throw config::SettingsError("log.level '" + text + "' is none of debug, info, warn, error");
}

// What operators and orchestrators ask of a process, on a port of its own.
class OpsHandler final : public web::Handler {
 public:
  OpsHandler(const Health& health, web::Handler* more) : health_{health}, more_{more} {}

  web::awaitable<web::Response> handle(web::Request& request) override {
    if (request.path == "/health/live")
      co_return web::Response{200, "application/json", R"({"status":"live"})"};
    if (request.path == "/health/ready" || request.path == "/health") {
      co_return web::Response{health_.is_ready() ? 200 : 503, "application/json",
                              health_.to_json()};
    }
    if (request.path == "/metrics") {
      co_return web::Response{200, "text/plain; version=0.0.4", metrics::exposition()};
    }
    if (more_) {
      web::Response response = co_await more_->handle(request);
      co_return response;
    }
    co_return web::problem_response(not_found("Here are /health/live, /health/ready and /metrics."),
                                    request);
  }

 private:
  const Health& health_;
  web::Handler* const more_;
};

}  // namespace

struct Runtime::Impl {
  Impl(std::string service, CommonSettings values, std::vector<std::string> line)
      : name{std::move(service)},
        settings{std::move(values)},
        arguments{std::move(line)},
        signals{io, SIGTERM, SIGINT},
        level_signals{io, SIGUSR1, SIGUSR2} {}

  // SIGUSR1: everything is logged; SIGUSR2: what log.level says, again.
  void follow_level_signals() {
    level_signals.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      const std::string level = signal == SIGUSR1 ? "debug" : settings.log_level;
      log::set_level(log::Level::info);  // so that this is said, whatever it is
      log::info("log.level", {{"level", level}});
      log::set_level(parse_level(level));
      follow_level_signals();
    });
  }

  std::string name;
  CommonSettings settings;
  const std::vector<std::string> arguments;
  boost::asio::io_context io{1};
  boost::asio::signal_set signals;
  boost::asio::signal_set level_signals;
  Health health;
  std::unique_ptr<messaging::RabbitBroker> rabbit;
  std::unique_ptr<messaging::KafkaBroker> kafka;
  std::unique_ptr<cache::Cache> cache;
  std::unique_ptr<contract::Contract> contract;
  web::Handler* more_ops = nullptr;
};

Runtime::Runtime(std::string name, CommonSettings settings, std::vector<std::string> arguments)
    : impl_{std::make_unique<Impl>(std::move(name), std::move(settings), std::move(arguments))} {
  log::start(impl_->name, parse_level(impl_->settings.log_level));
  metrics::name_process(impl_->name);
  trace::start(impl_->name, impl_->settings.trace_receiver);
  std::signal(SIGPIPE, SIG_IGN);
  metrics::gauge("build_info", "Always 1; the labels tell what runs.",
                 {{"service", impl_->name}, {"version", "0.1.0"}})
      .set(1);
}

Runtime::~Runtime() {
  trace::stop();
  log::stop();
}

const std::string& Runtime::name() const {
  return impl_->name;
}
const CommonSettings& Runtime::settings() const {
  return impl_->settings;
}
const std::vector<std::string>& Runtime::arguments() const {
  return impl_->arguments;
}
std::string Runtime::settings_file() const {
  return config::file_of(impl_->arguments);
}
boost::asio::io_context& Runtime::io() {
  return impl_->io;
}
Health& Runtime::health() {
  return impl_->health;
}

pg::Options Runtime::database() const {
  if (impl_->settings.pg_url.empty()) {
    throw config::SettingsError("pg.url is not set: put the database's URI into WAYBILL_PG_URL");
  }
  pg::Options options;
  options.url = impl_->settings.pg_url.reveal();
  options.application_name = "waybill-" + impl_->name;
  return options;
}

messaging::RabbitBroker& Runtime::rabbit() {
  if (!impl_->rabbit) {
    messaging::RabbitOptions options;
    options.url = impl_->settings.rabbit_url.reveal();
    impl_->rabbit = messaging::make_rabbit(options);
  }
  return *impl_->rabbit;
}

messaging::KafkaBroker& Runtime::kafka() {
  if (!impl_->kafka) {
    messaging::KafkaOptions options;
    options.brokers = impl_->settings.kafka_brokers;
    impl_->kafka = messaging::make_kafka(options);
  }
  return *impl_->kafka;
}

cache::Cache& Runtime::cache() {
  if (!impl_->cache) {
    cache::Cache::Options options;
    options.url = impl_->settings.redis_url;
    impl_->cache = std::make_unique<cache::Cache>(impl_->io, options);
  }
  return *impl_->cache;
}

void Runtime::add_to_ops_port(web::Handler& handler) {
  impl_->more_ops = &handler;
}

const contract::Contract& Runtime::contract() {
  if (!impl_->contract) {
    impl_->contract = std::make_unique<contract::Contract>(
        contract::Contract::load_folder(impl_->settings.contracts));
  }
  return *impl_->contract;
}

int Runtime::serve(const std::function<void()>& start, const std::function<void()>& stop) {
  Impl& impl = *impl_;
  std::promise<int> signalled;
  impl.signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (!error) signalled.set_value(signal);
  });

  impl.follow_level_signals();

  OpsHandler ops_handler{impl.health, impl.more_ops};
  web::ServerLimits ops_limits;
  ops_limits.counted = false;  // who watches is no load
  web::Server ops{impl.io, impl.settings.ops_listen, ops_handler, ops_limits};
  // The io thread runs beside this one until everything is stopped: stopping blocks, and needs it.
  auto guard = boost::asio::make_work_guard(impl.io);
  std::thread io_thread{[&] { impl.io.run(); }};
  const auto end_io = [&] {
    if (impl.cache) call_on(impl.io, [&] { impl.cache->close(); });
    impl.io.stop();
    io_thread.join();
  };
  try {
    call_on(impl.io, [&] { ops.start(); });
    start();
    log::info("service.started", {{"pid", ::getpid()}, {"ops_port", ops.port()}});
    const int signal = signalled.get_future().get();
    log::info("service.stopping", {{"signal", signal}});
    impl.health.set_draining();
    stop();
    boost::asio::co_spawn(impl.io, ops.drain(seconds{1}), boost::asio::use_future).get();
  } catch (...) {
    end_io();
    throw;
  }
  end_io();
  log::info("service.stopped");
  return 0;
}

namespace detail {

std::optional<int> parse(config::Settings& settings, int argc, char** argv) {
  try {
    if (settings.parse(argc, argv) == config::Settings::Next::exit_ok) return 0;
    return std::nullopt;
  } catch (const config::SettingsError& error) {
    std::cerr << error.what() << "\nTry --help.\n";
    return 2;
  }
}

int report_failure(const std::string& service, const std::exception& error) {
  log::error("service.failed", {{"reason", error.what()}});
  log::stop();
  std::cerr << "waybill-" << service << ": " << error.what() << '\n';
  return 1;
}

}  // namespace detail

}  // namespace waybill::runtime
