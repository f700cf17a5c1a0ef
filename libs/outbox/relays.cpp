#include "libs/log/log.hpp"
#include "libs/outbox/express.hpp"
#include "libs/outbox/relay.hpp"
#include "libs/outbox/sql.hpp"

namespace waybill::outbox {
namespace {

// Channel of LISTEN and NOTIFY; a database belongs to one service.
const std::string kSignal = "waybill_outbox";

// A NOTIFY takes a lock of the whole instance at its commit, so this many in a second at most.
constexpr milliseconds kCoalesce{5};

// Tells the process whose relay is active that there are rows.
class Notifier {
 public:
  explicit Notifier(pg::Options options) : connection_{quiet(std::move(options))} {}
  ~Notifier() { stop(); }

  void start() {
    thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
  }
  void stop() { thread_ = {}; }

  void request() {
    {
      const std::lock_guard guard{mutex_};
      requested_ = true;
    }
    changed_.notify_one();
  }

 private:
  static pg::Connection quiet(pg::Options options) {
    options.application_name += ".notify";
    pg::Connection connection{std::move(options)};
    connection.set("synchronous_commit", "off");
    return connection;
  }

  void run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      {
        std::unique_lock guard{mutex_};
        if (!changed_.wait(guard, stop, [&] { return requested_; })) return;
        requested_ = false;
      }
      send();
      std::this_thread::sleep_for(kCoalesce);
    }
  }

  void send() {
    try {
      pg::Session{connection_}.exec(sql::notify, kSignal);
    } catch (const pg::Error& error) {
      log::debug("relay.notify_failed", {{"reason", error.what()}});  // the poll will find the rows
    }
  }

  pg::Connection connection_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool requested_ = false;
  std::jthread thread_;
};

// Hears from other processes that there are rows.
class Listener {
 public:
  Listener(pg::Options options, std::function<void()> heard)
      : connection_{named(std::move(options))}, heard_{std::move(heard)} {}
  ~Listener() { stop(); }

  void start() {
    thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
  }
  void stop() { thread_ = {}; }

 private:
  static pg::Options named(pg::Options options) {
    options.application_name += ".listen";
    return options;
  }

  void run(std::stop_token stop) {
    bool listening = false;
    while (!stop.stop_requested()) {
      try {
        if (!listening) connection_.listen(kSignal);
        listening = true;
        if (connection_.wait_notification(milliseconds{250})) heard_();
      } catch (const pg::Error& error) {
        log::debug("relay.listen_failed", {{"reason", error.what()}});
        std::this_thread::sleep_for(milliseconds{250});
      }
    }
  }

  pg::Connection connection_;
  std::function<void()> heard_;
  std::jthread thread_;
};

// An event may wait for others: each produce request costs Kafka more than the events in it.
RelayOptions event_options(const std::string& service) {
  RelayOptions options;
  options.service = service;
  options.channel = "event";
  options.pace = milliseconds{80};
  return options;
}

// Commands have left by express, unless something went wrong.
RelayOptions command_options(const std::string& service) {
  RelayOptions options;
  options.service = service;
  options.channel = "command";
  options.poll = milliseconds{500};
  options.patience = milliseconds{2'000};
  return options;
}

}  // namespace

struct Relays::Impl {
  Relay events;
  Relay commands;
  Express express;
  Notifier notifier;
  Listener listener;

  Impl(const std::string& service, const pg::Options& database, messaging::KafkaBroker& kafka,
       messaging::RabbitBroker& rabbit)
      : events{event_options(service), database, make_event_sink(kafka, service)},
        commands{command_options(service), database, make_command_sink(rabbit, service)},
        express{database},
        notifier{database},
        listener{database, [this] { events.wake(); }} {}
};

Relays::Relays(const std::string& service, pg::Options database, messaging::KafkaBroker& kafka,
               messaging::RabbitBroker& rabbit)
    : impl_{std::make_unique<Impl>(service, database, kafka, rabbit)} {}

Relays::~Relays() = default;

void Relays::start() {
  impl_->events.start();
  impl_->commands.start();
  impl_->express.start();
  impl_->notifier.start();
  impl_->listener.start();
}

void Relays::stop() {
  impl_->listener.stop();
  impl_->notifier.stop();
  impl_->express.stop();
  impl_->commands.stop();
  impl_->events.stop();
}

void Relays::wake() {
  impl_->events.wake();
  if (!impl_->events.is_active()) impl_->notifier.request();
}

void Relays::send(std::vector<OutboxRow> commands, messaging::Publisher& publisher) {
  impl_->express.send(std::move(commands), publisher);
}

}  // namespace waybill::outbox
