// A gateway with brokers in memory, the real contracts, Redis, and services that the test plays.
#pragma once

#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "libs/cache/cache.hpp"
#include "libs/contract/contract.hpp"
#include "libs/messaging/memory.hpp"
#include "libs/runtime/health.hpp"
#include "libs/web/client.hpp"
#include "libs/web/server.hpp"
#include "services/gateway/gateway.hpp"

namespace waybill::gateway {

inline const Id kAnna = *Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11");
inline const Id kBert = *Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b12");

using HeaderList = std::initializer_list<std::pair<std::string, std::string>>;

// The read API of every service: answers what the test has put in.
class FakeUpstream final : public web::Handler {
 public:
  void put(const std::string& path, web::Response response);
  int asked(const std::string& path) const;
  web::Headers last_headers() const;
  web::Headers headers_of(const std::string& path) const;  // of the last request for it
  std::string last_body() const;

  web::awaitable<web::Response> handle(web::Request& request) override;
  // Bodies of paths with /content are read as they come, and counted.
  std::optional<std::uint64_t> streams(const web::Request& request) const override;
  std::atomic<std::uint64_t> streamed_bytes{0};
  std::atomic<int> broken_bodies{0};
  std::atomic<std::chrono::milliseconds> delay{std::chrono::milliseconds{0}};  // of each answer

 private:
  web::Response find(const web::Request& request);

  mutable std::mutex mutex_;
  std::map<std::string, web::Response> answers_;
  std::map<std::string, int> asked_;
  web::Headers headers_;
  std::map<std::string, web::Headers> headers_by_path_;
  std::string body_;
};

class IoThread {
 public:
  IoThread() : work_{io.get_executor()}, thread_{[this] { io.run(); }} {}
  ~IoThread();
  void stop();

  boost::asio::io_context io{1};

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

// Every caller without a token is ops, or who the headers say.
Settings for_trials();

class Platform {
 public:
  explicit Platform(Settings settings = for_trials(),
                    contract::Contract contract = contract::Contract::load_folder("services"));
  ~Platform();

  // Asks the gateway; the future is for requests that are to wait.
  std::future<web::Response> send(const std::string& method, const std::string& target,
                                  const std::string& body = "", HeaderList headers = {});
  web::Response ask(const std::string& method, const std::string& target,
                    const std::string& body = "", HeaderList headers = {});

  // The command that the gateway has published to this service's queue.
  messaging::Message take_command(const std::string& queue);
  bool has_command(const std::string& queue);
  void reply(const messaging::Message& command, int status, const std::string& body,
             std::int64_t version = 0, const std::string& location = "");
  // An event of topic waybill.orders with the order in this state.
  void tell_order(const Id& id, std::int64_t version, const std::string& status);

  std::uint16_t port() const { return gateway_->port(); }
  // Runs `work` on the io thread and waits for it.
  void on_io(const std::function<void(Gateway&)>& work);

  FakeUpstream upstream;
  std::unique_ptr<messaging::RabbitBroker> rabbit = messaging::make_memory_rabbit();
  std::unique_ptr<messaging::KafkaBroker> kafka = messaging::make_memory_kafka();
  runtime::Health health;

 private:
  messaging::Consumer& consumer(const std::string& queue);

  const contract::Contract contract_;
  IoThread thread_;

 public:
  cache::Cache cache;
  cache::Limiter limiter;

 private:
  web::Server upstream_server_;
  std::map<std::string, std::unique_ptr<messaging::Consumer>> consumers_;
  std::unique_ptr<messaging::Publisher> replies_;
  std::unique_ptr<messaging::EventProducer> events_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<web::Client> client_;
};

// "x.y" of a JSON body, as text.
std::string member(const web::Response& response, std::string_view name);

// A stream of server-sent events, read with a plain socket.
class EventStream {
 public:
  EventStream(std::uint16_t port, const std::string& path, const std::string& headers = "");
  // What came until `text` was in it, or until the end; waits at most five seconds.
  std::string read_until(const std::string& text);

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  std::string received_;
};

// The order as the order service represents it.
std::string order_json(const Id& id, std::int64_t version, const std::string& status);

}  // namespace waybill::gateway
