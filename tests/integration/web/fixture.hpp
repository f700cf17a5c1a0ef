// A real server on a thread of its own, and a client that may send any bytes whatever.
#pragma once

#include <future>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "libs/async/async.hpp"
#include "libs/web/client.hpp"
#include "libs/web/server.hpp"

namespace waybill::web {

// Runs an io_context until destroyed.
class IoThread {
 public:
  IoThread() : work_{io.get_executor()}, thread_{[this] { io.run(); }} {}
  ~IoThread() {
    work_.reset();
    io.stop();
    thread_.join();
  }

  // Runs a coroutine on the thread and waits for its result.
  template <class T>
  T wait_for(awaitable<T> task) {
    return boost::asio::co_spawn(io, std::move(task), boost::asio::use_future).get();
  }
  // Runs a function on the thread and waits for its result.
  template <class Function>
  auto call(Function function) {
    return boost::asio::post(io, std::packaged_task<decltype(function())()>{std::move(function)})
        .get();
  }

  boost::asio::io_context io{1};

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

// A client that lives on a thread.
class ThreadClient {
 public:
  ThreadClient(IoThread& thread, const std::string& address, ClientOptions options = {})
      : thread_{thread} {
    thread_.call([&] { client_ = std::make_unique<Client>(thread.io, address, options); });
  }
  ~ThreadClient() {
    thread_.call([&] { client_.reset(); });
  }
  ThreadClient(const ThreadClient&) = delete;
  ThreadClient& operator=(const ThreadClient&) = delete;

  Client& operator*() { return *client_; }
  Client* operator->() { return client_.get(); }

 private:
  IoThread& thread_;
  std::unique_ptr<Client> client_;
};

// What it answers stands in handle().
class TestHandler : public Handler {
 public:
  explicit TestHandler(boost::asio::io_context& io) : gate{io} {}
  awaitable<Response> handle(Request& request) override;
  // Bodies of paths that begin with /upload, up to 100 MB.
  std::optional<std::uint64_t> streams(const Request& request) const override;

  async::Event gate;  // /gate and /stream wait for it
  std::atomic<int> handled{0};
  std::atomic<int> waiting{0};
  std::atomic<int> streams_ended{0};
  std::atomic<int> bodies_broken{0};
  std::atomic<std::size_t> largest_piece{0};

 private:
  awaitable<Response> take_upload(Request& request);
};

class TestServer {
 public:
  explicit TestServer(ServerLimits limits = {});
  ~TestServer();

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  TestHandler& handler() { return handler_; }
  void open_gate();
  void set_tls(std::shared_ptr<const Tls> tls);
  // Begins to drain; the future is ready when all connections have gone.
  std::future<void> drain(std::chrono::milliseconds grace);

 private:
  IoThread thread_;
  TestHandler handler_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

struct RawResponse {
  int status = 0;
  std::string head;  // with the empty line behind it
  std::string body;  // chunks put together

  std::string header(std::string_view name) const;
};

// Sends bytes as they are and gives up on what doesn't come within five seconds.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes);
  // Ends the sending side, or gives up on both.
  void finish_sending();
  void close();
  // One answer. `to_head`: it has no body. Throws when the connection ends before.
  RawResponse receive(bool to_head = false);
  // What comes until the given text, with it.
  std::string receive_until(std::string_view end);
  // Everything until the server closes.
  std::string receive_rest();
  bool is_closed_by_server() { return receive_rest().empty(); }

 private:
  bool read_more();
  std::string take(std::size_t count);

  int socket_;
  std::string waiting_;
};

std::string get(std::string_view path, std::string_view headers = "");
std::string post(std::string_view path, std::string_view body);
int count_answers(std::string_view bytes);

}  // namespace waybill::web
