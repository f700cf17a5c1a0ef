#include "tests/integration/web/fixture.hpp"

#include <future>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libs/web/sse.hpp"

namespace waybill::web {

using namespace std::chrono_literals;

namespace {

// Writes an event, waits for the gate, writes another.
class TwoEvents final : public BodyStream {
 public:
  explicit TwoEvents(TestHandler& handler) : handler_{handler} {}
  awaitable<void> run(StreamWriter& out) override {
    co_await out.write(sse_event("1", "first", "a"));
    while (out.is_open() && !out.is_draining()) {
      const bool open = co_await handler_.gate.wait_for(20ms);
      if (open) break;
    }
    co_await out.write(sse_event("2", "second", "b"));
    ++handler_.streams_ended;
  }

 private:
  TestHandler& handler_;
};

// Ten chunks of 1000 bytes, however many were promised.
class TenThousand final : public BodyStream {
 public:
  awaitable<void> run(StreamWriter& out) override {
    for (char c = '0'; c <= '9'; ++c) co_await out.write(std::string(1000, c));
  }
};

class Failing final : public BodyStream {
 public:
  awaitable<void> run(StreamWriter& out) override {
    co_await out.write("some");
    throw std::runtime_error("in the middle");
  }
};

Response streamed(std::shared_ptr<BodyStream> stream, std::string length = {}) {
  Response response{200, "text/plain", ""};
  if (!length.empty()) response.headers.set("Content-Length", std::move(length));
  response.stream = std::move(stream);
  return response;
}

Response echo(const Request& request) {
  Response response{200, "text/plain", request.method + ' ' + request.path + ' ' + request.body};
  response.headers.set("Echo-Peer", request.peer);
  return response;
}

}  // namespace

std::optional<std::uint64_t> TestHandler::streams(const Request& request) const {
  if (!request.path.starts_with("/upload")) return std::nullopt;
  return 100'000'000;
}

// Tells how many bytes there were and how many of them were x.
awaitable<Response> TestHandler::take_upload(Request& request) {
  std::size_t bytes = 0;
  std::ptrdiff_t crosses = 0;
  try {
    for (;;) {
      const std::string piece = co_await request.source->read();
      if (piece.empty()) break;
      bytes += piece.size();
      crosses += std::count(piece.begin(), piece.end(), 'x');
      largest_piece = std::max(largest_piece.load(), piece.size());
    }
  } catch (const BodyBroken&) {
    ++bodies_broken;
    throw;
  }
  co_return Response{200, "text/plain", fmt::format("{} {}", bytes, crosses)};
}

awaitable<Response> TestHandler::handle(Request& request) {
  ++handled;
  const std::string& path = request.path;
  if (path == "/upload" && request.source) {
    Response response = co_await take_upload(request);
    co_return response;
  }
  if (path == "/upload/refused") co_return Response{413, "text/plain", "no"};
  if (path == "/gate") {
    ++waiting;
    co_await gate.wait_for(10s);
  }
  if (path == "/fail") throw std::runtime_error("secret internals");
  if (path == "/big") co_return Response{200, "text/plain", std::string(4'000'000, 'x')};
  if (path == "/empty") co_return Response{204, "", ""};
  if (path == "/events") co_return streamed(std::make_shared<TwoEvents>(*this));
  if (path == "/stream") co_return streamed(std::make_shared<TenThousand>());
  if (path == "/sized") co_return streamed(std::make_shared<TenThousand>(), "10000");
  if (path == "/short") co_return streamed(std::make_shared<TenThousand>(), "10001");
  if (path == "/long") co_return streamed(std::make_shared<TenThousand>(), "9999");
  if (path == "/broken") co_return streamed(std::make_shared<Failing>());
  co_return echo(request);
}

TestServer::TestServer(ServerLimits limits) : handler_{thread_.io} {
  thread_.call([&] {
    server_ = std::make_unique<Server>(thread_.io, "127.0.0.1:0", handler_, limits);
    server_->start();
    port_ = server_->port();
  });
}

TestServer::~TestServer() {
  open_gate();
  drain(100ms).wait();
  thread_.call([&] { server_.reset(); });
}

void TestServer::open_gate() {
  thread_.call([&] { handler_.gate.set(); });
}

void TestServer::set_tls(std::shared_ptr<const Tls> tls) {
  thread_.call([&] { server_->set_tls(tls); });
}

std::future<void> TestServer::drain(std::chrono::milliseconds grace) {
  return boost::asio::co_spawn(thread_.io, server_->drain(grace), boost::asio::use_future);
}

std::string RawResponse::header(std::string_view name) const {
  const std::string line = "\r\n" + std::string{name} + ": ";
  const std::size_t start = head.find(line);
  if (start == std::string::npos) return {};
  const std::size_t value = start + line.size();
  return head.substr(value, head.find("\r\n", value) - value);
}

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : socket_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (receive_buffer) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where)) {
    ::close(socket_);
    throw std::runtime_error("can't connect");
  }
}

RawClient::~RawClient() {
  close();
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) return;  // the server has closed; its answer is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void RawClient::finish_sending() {
  shutdown(socket_, SHUT_WR);
}

void RawClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool RawClient::read_more() {
  pollfd wait{socket_, POLLIN, 0};
  if (poll(&wait, 1, 5'000) != 1) throw std::runtime_error("nothing came within five seconds");
  std::array<char, 65'536> buffer;
  const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  waiting_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::take(std::size_t count) {
  while (waiting_.size() < count) {
    if (!read_more()) throw std::runtime_error("the connection ended within a body");
  }
  std::string taken = waiting_.substr(0, count);
  waiting_.erase(0, count);
  return taken;
}

std::string RawClient::receive_until(std::string_view end) {
  std::size_t at;
  while ((at = waiting_.find(end)) == std::string::npos) {
    if (!read_more()) throw std::runtime_error("the connection ended; there was: " + waiting_);
  }
  return take(at + end.size());
}

std::string RawClient::receive_rest() {
  while (read_more()) {
  }
  return std::exchange(waiting_, {});
}

RawResponse RawClient::receive(bool to_head) {
  RawResponse response;
  response.head = receive_until("\r\n\r\n");
  response.status = std::stoi(response.head.substr(9, 3));
  if (to_head || response.status == 204 || response.status == 304) return response;
  if (response.header("Transfer-Encoding") == "chunked") {
    for (;;) {
      const auto size = std::stoul(receive_until("\r\n"), nullptr, 16);
      response.body += take(size);
      take(2);
      if (size == 0) break;
    }
  } else if (const auto length = response.header("Content-Length"); !length.empty()) {
    response.body = take(std::stoul(length));
  }
  return response;
}

std::string get(std::string_view path, std::string_view headers) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: test\r\n" + std::string{headers} + "\r\n";
}

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string{path} +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string{body};
}

int count_answers(std::string_view bytes) {
  int count = 0;
  for (std::size_t at = 0; (at = bytes.find("HTTP/1.1 ", at)) != std::string_view::npos; ++at) {
    ++count;
  }
  return count;
}

}  // namespace waybill::web
