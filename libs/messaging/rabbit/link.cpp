#include "libs/messaging/rabbit/link.hpp"

#include <cerrno>
#include <future>
#include <system_error>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::messaging::rabbit {
namespace {

constexpr std::chrono::seconds kFarewell{1};
// A connection that lived for less counts as a failed attempt: the next one waits longer.
constexpr std::chrono::seconds kStable{2};

metrics::Gauge& connected_gauge(const std::string& name) {
  return metrics::gauge("rabbit_connected", "1 while the connection to RabbitMQ is up.",
                        {{"connection", name}});
}

metrics::Counter& reconnects(const std::string& name) {
  return metrics::counter("rabbit_connections_lost_total", "Connections to RabbitMQ that broke.",
                          {{"connection", name}});
}

}  // namespace

Link::Link(std::string name, LinkOwner& owner)
    : name_{std::move(name)}, owner_{owner}, wake_fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (wake_fd_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
}

Link::~Link() {
  stop();
  ::close(wake_fd_);
}

void Link::start() {
  thread_ = std::thread{[this] { run(); }};
}

void Link::stop() {
  if (!thread_.joinable()) return;
  stop_by_ = Clock::now() + kFarewell;
  stopping_ = true;
  wake();
  thread_.join();
}

void Link::wake() {
  // One system call however many wake-ups come before the thread looks.
  if (woken_.exchange(true)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

void Link::run() {
  while (!stopping_) {
    if (const auto connection = connect()) serve(*connection);
    if (!stopping_) rest(backoff_.next());
  }
  owner_.turn(nullptr);
}

std::unique_ptr<Connection> Link::connect() {
  std::packaged_task<std::unique_ptr<Connection>()> task{[this] { return owner_.open(); }};
  auto opened = task.get_future();
  std::thread connector{[this, &task] {
    task();
    wake();
  }};
  while (opened.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
    owner_.turn(nullptr);
    wait(nullptr, owner_.next_deadline());
  }
  connector.join();
  try {
    return opened.get();
  } catch (const std::exception& error) {
    log::warn("rabbit.unreachable", {{"connection", name_}, {"reason", error.what()}});
    return nullptr;
  }
}

void Link::serve(Connection& connection) {
  const auto since = Clock::now();
  connected_ = true;
  connected_gauge(name_).set(1);
  log::info("rabbit.connected", {{"connection", name_}});
  try {
    owner_.opened(connection);
    serve_until_lost(connection);
    connection.close();
  } catch (const ConnectionLost& error) {
    log::warn("rabbit.lost", {{"connection", name_}, {"reason", error.what()}});
    reconnects(name_).add();
  }
  connected_ = false;
  connected_gauge(name_).set(0);
  owner_.lost();
  if (Clock::now() - since > kStable) backoff_.reset();
}

void Link::serve_until_lost(Connection& connection) {
  bool readable = false;
  for (;;) {
    if (owner_.wants_input()) {
      connection.receive(owner_, readable);
    } else {
      connection.forgive_silence();
    }
    owner_.turn(&connection);
    connection.flush();
    if (stopping_ && ((owner_.is_idle() && connection.unsent() == 0) || stop_is_over())) return;
    const bool more = connection.has_buffered() && owner_.wants_input();
    auto until = std::min(owner_.next_deadline(), connection.next_heartbeat());
    if (stopping_) until = std::min(until, stop_by_);
    readable = wait(&connection, more ? Clock::now() : until);
  }
}

void Link::rest(std::chrono::milliseconds duration) {
  const auto until = Clock::now() + duration;
  while (!stopping_ && Clock::now() < until) {
    owner_.turn(nullptr);
    wait(nullptr, std::min(until, owner_.next_deadline()));
  }
}

bool Link::stop_is_over() const {
  return Clock::now() >= stop_by_;
}

bool Link::wait(const Connection* connection, Clock::time_point until) {
  using std::chrono::milliseconds;
  std::array<pollfd, 2> polled{pollfd{wake_fd_, POLLIN, 0}, pollfd{-1, 0, 0}};
  if (connection != nullptr) {
    if (owner_.wants_input()) polled[1].events |= POLLIN;
    if (connection->unsent() > 0) polled[1].events |= POLLOUT;
    // Polled for nothing, a broken socket would still end every wait at once.
    if (polled[1].events != 0) polled[1].fd = connection->socket();
  }
  // At least once a second: silence and standstill are noticed by flush().
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
  const auto timeout = std::clamp(left, milliseconds{0}, milliseconds{1000});
  ::poll(polled.data(), polled.size(), static_cast<int>(timeout.count()));
  if ((polled[0].revents & POLLIN) != 0) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_fd_, &count, sizeof count);
    woken_ = false;
  }
  return (polled[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

}  // namespace waybill::messaging::rabbit
