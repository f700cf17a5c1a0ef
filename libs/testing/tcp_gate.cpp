#include "libs/testing/tcp_gate.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace waybill::testing {
namespace {

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const std::string numeric = host == "localhost" ? "127.0.0.1" : host;
  if (::inet_pton(AF_INET, numeric.c_str(), &address.sin_addr) != 1) {
    throw std::invalid_argument{"TcpGate wants a numeric host"};
  }
  return address;
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

void no_delay(int socket) {
  const int one = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

// One direction: what was read from `from` and is not yet written to `to`.
struct Flow {
  int from;
  int to;
  std::array<char, 65536> buffer;
  std::size_t begin = 0;
  std::size_t end = 0;

  bool is_empty() const { return begin == end; }

  // False: the connection is over.
  bool fill() {
    const auto size = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    begin = 0;
    end = static_cast<std::size_t>(size);
    return size > 0;
  }

  bool drain() {
    const auto size = ::send(to, buffer.data() + begin, end - begin, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    begin += static_cast<std::size_t>(size);
    return true;
  }
};

}  // namespace

struct TcpGate::Pipe {
  Pipe(int client_socket, int server_socket)
      : client{client_socket},
        server{server_socket},
        up{client, server, {}},
        down{server, client, {}} {}
  ~Pipe() {
    // Reset rather than a polite end: a broken link says no goodbye.
    const linger hard{1, 0};
    ::setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::setsockopt(server, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(client);
    ::close(server);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static short wanted(const Flow& in, const Flow& out) {
    return static_cast<short>((in.is_empty() ? POLLIN : 0) | (out.is_empty() ? 0 : POLLOUT));
  }

  bool move() {
    for (auto* flow : {&up, &down}) {
      if (flow->is_empty() && !flow->fill()) return false;
      if (!flow->is_empty() && !flow->drain()) return false;
    }
    return true;
  }

  int client;
  int server;
  Flow up;
  Flow down;
};

TcpGate::TcpGate(std::string host, std::uint16_t port) : host_{std::move(host)}, port_{port} {
  wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (wake_fd_ < 0 || listener_ < 0) fail("TcpGate");
  auto address = address_of("127.0.0.1", 0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    fail("TcpGate");
  }
  own_port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

TcpGate::~TcpGate() {
  stopping_ = true;
  wake();
  thread_.join();
  drop_all();
  ::close(listener_);
  ::close(wake_fd_);
}

void TcpGate::cut() {
  drop_all();
  wake();
}

void TcpGate::close() {
  closed_ = true;
  cut();
}

void TcpGate::open() {
  closed_ = false;
}

void TcpGate::freeze() {
  frozen_ = true;
  wake();
}

void TcpGate::thaw() {
  frozen_ = false;
  wake();
}

std::size_t TcpGate::connections() const {
  std::lock_guard lock{mutex_};
  return pipes_.size();
}

void TcpGate::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

void TcpGate::drop_all() {
  std::lock_guard lock{mutex_};
  pipes_.clear();
}

void TcpGate::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(host_, port_);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  no_delay(client);
  no_delay(server);
  if (closed_ || ::connect(server, generic, sizeof address) != 0) {
    ::close(client);
    ::close(server);
    return;
  }
  std::lock_guard lock{mutex_};
  pipes_.push_back(std::make_unique<Pipe>(client, server));
}

void TcpGate::run() {
  while (!stopping_) {
    std::vector<pollfd> polled{{wake_fd_, POLLIN, 0}, {listener_, POLLIN, 0}};
    if (!frozen_) {
      std::lock_guard lock{mutex_};
      for (const auto& pipe : pipes_) {
        polled.push_back({pipe->client, Pipe::wanted(pipe->up, pipe->down), 0});
        polled.push_back({pipe->server, Pipe::wanted(pipe->down, pipe->up), 0});
      }
    }
    ::poll(polled.data(), polled.size(), 1000);
    if (polled[0].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = ::read(wake_fd_, &count, sizeof count);
    }
    if (polled[1].revents != 0) accept_one();
    if (frozen_) continue;
    std::lock_guard lock{mutex_};
    std::erase_if(pipes_, [](const auto& pipe) { return !pipe->move(); });
  }
}

}  // namespace waybill::testing
