#include "services/gateway/gateway.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "libs/async/async.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::gateway {
namespace {

constexpr std::chrono::minutes kReminder{10};

// Nobody should run like this for long without noticing.
web::awaitable<void> warn_of_open_access() {
  while (true) {
    log::warn("gateway.access-open", {{"meaning", "every caller counts as ops"}});
    co_await async::pause(kReminder);
  }
}

void check_upstreams(const contract::Contract& contract, const Upstreams& upstreams) {
  for (const contract::Operation* operation : contract.operations()) {
    const bool missing = (operation->query && !upstreams.has(operation->query->service)) ||
                         (operation->direct && !upstreams.has(operation->direct->service)) ||
                         (operation->command && !upstreams.has(operation->command->queue));
    if (!missing) continue;
    throw contract::ContractError{operation->method + ' ' + operation->path +
                                  ": there is no setting upstream.<service> for its service"};
  }
}

void check_limits(const contract::Contract& contract, const Limits& limits) {
  for (const contract::Operation* operation : contract.operations()) {
    if (limits.has(operation->limit)) continue;
    throw contract::ContractError{operation->method + ' ' + operation->path +
                                  ": there is no x-limit '" + operation->limit + "'"};
  }
}

Tokens::Options token_options(const Settings& settings) {
  Tokens::Options options;
  options.rules.issuer = settings.token_issuer;
  options.rules.audience = settings.token_audience;
  options.life = settings.token_life;
  return options;
}

EventPath::Options event_options(const Settings& settings) {
  EventPath::Options options;
  options.streams = static_cast<std::size_t>(settings.streams);
  options.heartbeat = settings.heartbeat;
  return options;
}

}  // namespace

Gateway::Gateway(const Surroundings& around, const Settings& settings, const std::string& listen)
    : io_{around.io},
      is_open_{settings.is_open()},
      swagger_{settings.swagger},
      cache_{around.cache},
      publisher_{around.rabbit.make_publisher("gateway")},
      pending_{around.io},
      replies_{around.io, around.rabbit, pending_},
      upstreams_{around.io, settings.upstreams, settings.read_limits(),
                 static_cast<std::size_t>(settings.transfers)},
      admission_{around.io, settings.command_limits()},
      queries_{around.cache, upstreams_},
      commands_{around.io, *publisher_, pending_, replies_.queue(), settings.wait},
      direct_{upstreams_},
      operations_{upstreams_},
      events_{around.io, around.kafka, queries_, event_options(settings)},
      tokens_{around.io, upstreams_, around.kafka, token_options(settings)},
      by_token_{tokens_},
      for_trials_{by_token_},
      authenticator_{is_open_ ? static_cast<Authenticator&>(for_trials_) : by_token_},
      limits_{around.limiter, Limits{settings.limit_texts}},
      proxies_{settings.trusted_proxies},
      access_log_{settings.access_log_level()},
      cors_{settings.cors_origins},
      edge_{make_rules(around.contract), Checks{authenticator_, limits_, proxies_},
            Paths{commands_, queries_, direct_, events_, operations_, around.health, admission_,
                  cors_},
            access_log_, settings.deadline},
      server_{around.io, listen, edge_, settings.limits()} {
  if (!settings.tls_certificate.empty()) set_tls(settings.load_tls());
  add_checks(around.health);
}

void Gateway::set_tls(std::shared_ptr<const web::Tls> tls) {
  metrics::gauge("tls_certificate_expires_timestamp_seconds",
                 "When the certificate ends, in seconds since 1970.")
      .set(std::chrono::duration<double>(tls->expires().time_since_epoch()).count());
  server_.set_tls(std::move(tls));
}

std::shared_ptr<const Rules> Gateway::make_rules(const contract::Contract& contract) const {
  check_upstreams(contract, upstreams_);
  check_limits(contract, Limits{Limits::defaults()});
  return std::make_shared<const Rules>(contract, swagger_);
}

void Gateway::check(const Settings& settings) {
  settings.check();
  Limits{settings.limit_texts};
  Cors{settings.cors_origins};
}

void Gateway::set(const Settings& settings) {
  limits_.set(Limits{settings.limit_texts});
  admission_.set_limits(settings.command_limits());
  cors_ = Cors{settings.cors_origins};
  access_log_.set_level(settings.access_log_level());
}

void Gateway::add_checks(runtime::Health& health) {
  health.add_optional("rabbitmq",
                      [this] { return publisher_->is_connected() && replies_.is_connected(); });
  health.add_optional("redis", [this] { return cache_.is_connected(); });
  tokens_.add_checks(health);
  // Always fine, but whoever looks shall see it.
  if (is_open_) health.add("access-mode-open", [] { return true; });
}

void Gateway::start() {
  replies_.start();
  tokens_.start();
  if (is_open_) {
    async::spawn(io_.get_executor(), warn_of_open_access(), "gateway.access-open");
  }
  boost::asio::post(io_, [this] { server_.start(); });
  log::info("gateway.listening", {{"port", server_.port()}});
}

void Gateway::stop(std::chrono::milliseconds grace) {
  boost::asio::co_spawn(io_, server_.drain(grace), boost::asio::use_future).get();
  replies_.stop();
  events_.stop();
  tokens_.stop();
}

}  // namespace waybill::gateway
