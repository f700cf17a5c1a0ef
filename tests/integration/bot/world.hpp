// The bot in miniature among its neighbours: a local Telegram, a Redis of its own, brokers in
// memory, and services that answer as the real ones do.
#pragma once

#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/messaging/memory.hpp"
#include "libs/runtime/io_call.hpp"
#include "libs/testing/testing.hpp"
#include "libs/web/server.hpp"
#include "services/bot/engine/intake.hpp"
#include "services/bot/engine/shares.hpp"
#include "tests/integration/cache/redis.hpp"
#include "tools/telegram/server.hpp"
#include "waybill/common/v1/outcome.pb.h"

namespace waybill::bot::test {

namespace json = boost::json;
using testing::eventually;
using namespace std::chrono_literals;

inline const std::string kToken = "1:test";
inline const std::string kSecret = "a-secret_of-16";

// An io_context on a thread of its own.
class Io {
 public:
  Io() : work_{context.get_executor()}, thread_{[this] { context.run(); }} {}
  ~Io() {
    work_.reset();
    context.stop();
    thread_.join();
  }
  boost::asio::io_context context;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

// Identity's and file's HTTP: everybody but user 99 acts for the account of his number.
class Neighbours final : public web::Handler {
 public:
  web::awaitable<web::Response> handle(web::Request& request) override {
    const std::string identity = "/internal/telegram-users/";
    if (request.path.starts_with(identity)) {
      const std::string user = request.path.substr(identity.size());
      if (user == "99") co_return web::problem_response(not_found(), request);
      const json::object account{{"user_id", account_of(user)}, {"username", "user" + user}};
      co_return web::json_response(200, account);
    }
    if (request.path == "/uploads") {
      const std::lock_guard lock{mutex};
      const std::string upload = "up-" + std::to_string(uploads.size());
      uploads[upload] = request.body;
      const json::object body{{"upload_id", upload}};
      co_return web::json_response(201, body);
    }
    const std::string inner = "/inner/";
    if (request.path.starts_with(inner)) {
      const std::lock_guard lock{mutex};
      co_return web::Response{200, "application/octet-stream",
                              uploads[request.path.substr(inner.size())]};
    }
    co_return web::problem_response(not_found(), request);
  }
  static std::string account_of(const std::string& user) {
    return "0190f5fe-0000-7000-8000-" + std::string(12 - user.size(), '0') + user;
  }

  std::mutex mutex;
  std::map<std::string, std::string> uploads;
};

// The file service's queue: documents in memory, whose owner is the caller. Like the real one it
// answers a repeated command as before.
class FileQueue {
 public:
  explicit FileQueue(messaging::RabbitBroker& rabbit)
      : consumer_{rabbit.make_consumer({.name = "file"})},
        publisher_{rabbit.make_publisher("file")},
        thread_{[this](const std::stop_token& stop) { run(stop); }} {}

  std::size_t documents() {
    const std::lock_guard lock{mutex_};
    return documents_.size();
  }
  // Answers nothing until it is told to.
  std::atomic<bool> is_silent{false};
  std::atomic<int> asked{0};

 private:
  struct Document {
    std::string owner, type, name, file_name, upload;
  };

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (const auto& delivery : consumer_->take(10, 50ms)) {
        ++asked;
        if (!is_silent) answer(delivery.message);
        consumer_->ack(std::array{delivery.tag});
      }
    }
  }
  void answer(const messaging::Message& message);
  json::value decide(const messaging::Message& message, int& status);

  std::unique_ptr<messaging::Consumer> consumer_;
  std::unique_ptr<messaging::Publisher> publisher_;
  std::mutex mutex_;
  std::map<std::string, Document> documents_;                 // by id
  std::map<std::string, std::pair<int, std::string>> inbox_;  // outcomes by command
  std::jthread thread_;
};

struct BotOptions {
  bool webhook = false;
  Memory::Options memory;
};

class World {
 public:
  using Options = BotOptions;

  explicit World(Options options = {});
  ~World();

  // ---- a person in chat `chat` ----
  void write(std::int64_t chat, const std::string& text, const std::string& language = "en");
  void send_file(std::int64_t chat, const std::string& name, const std::string& bytes);
  void press(std::int64_t chat, const std::string& label);
  void duplicate_next(std::int64_t times);
  void plan(local_telegram::Plan plan);
  void block(std::int64_t chat);
  json::array messages(std::int64_t chat);
  // Of the bot's last message, where it has one.
  std::string last_text(std::int64_t chat);
  std::vector<std::string> bot_texts(std::int64_t chat);
  bool sees(std::int64_t chat, const std::string& text);
  std::size_t open_presses();
  std::string webhook_address() const { return webhook_address_; }
  Neighbours& neighbours() { return neighbours_; }
  FileQueue& file_queue() { return file_queue_; }

 private:
  template <class Work>
  auto on_telegram(Work work);

  testing::Redis redis_server_;
  std::unique_ptr<messaging::RabbitBroker> rabbit_;
  Neighbours neighbours_;
  Io telegram_io_;
  local_telegram::Server telegram_;
  std::unique_ptr<web::Server> telegram_server_, neighbour_server_, webhook_server_;
  std::string webhook_address_;
  FileQueue file_queue_;
  Io io_;
  std::unique_ptr<cache::Scripts> redis_;
  std::unique_ptr<Memory> memory_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<telegram::Api> api_;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<Sender> sender_;
  std::unique_ptr<Shares> shares_;
  std::unique_ptr<Poller> poller_;
  std::unique_ptr<Webhook> webhook_;
};

}  // namespace waybill::bot::test
