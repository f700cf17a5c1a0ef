#include "tests/integration/cache/redis.hpp"

#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace waybill::testing {
namespace {

using asio_tcp = boost::asio::ip::tcp;

// Free when we asked; a Redis that finds it taken does not start, and the test says so.
int free_port() {
  boost::asio::io_context io;
  const asio_tcp::acceptor probe{io, {boost::asio::ip::address_v4::loopback(), 0}};
  return probe.local_endpoint().port();
}

bool answers(int port) {
  redisContext* context = redisConnect("127.0.0.1", port);
  const bool up = context != nullptr && context->err == 0;
  if (context != nullptr) redisFree(context);
  return up;
}

}  // namespace

Redis::Redis() : port_{free_port()} {
  start();
}

Redis::~Redis() {
  thaw();
  stop();
}

void Redis::start() {
  const std::string port = std::to_string(port_);
  pid_ = fork();
  if (pid_ == 0) {
    const int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDOUT_FILENO);
    execlp("redis-server", "redis-server", "--port", port.c_str(), "--bind", "127.0.0.1", "--save",
           "", "--appendonly", "no", static_cast<char*>(nullptr));
    _exit(127);
  }
  if (!eventually(std::chrono::seconds{10}, [&] { return answers(port_); })) {
    throw std::runtime_error{"redis-server does not start"};
  }
}

void Redis::stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void Redis::freeze() {
  kill(pid_, SIGSTOP);
}

void Redis::thaw() {
  if (pid_ != 0) kill(pid_, SIGCONT);
}

void Redis::command(const char* text) {
  redisContext* context = redisConnect("127.0.0.1", port_);
  freeReplyObject(redisCommand(context, text));
  redisFree(context);
}

}  // namespace waybill::testing
