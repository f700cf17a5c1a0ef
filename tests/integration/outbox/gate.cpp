#include "tests/integration/outbox/gate.hpp"

#include <list>
#include <mutex>
#include <regex>
#include <thread>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace waybill::testing {

namespace asio = boost::asio;
using asio::ip::tcp;
using Server = asio::generic::stream_protocol;

namespace {

// The first group of the pattern in the URL; empty without one.
std::string part(const std::string& url, const char* pattern) {
  std::smatch match;
  return std::regex_search(url, match, std::regex{pattern}) ? match[1].str() : std::string{};
}

// Where the URL leads: a folder with a Unix socket (?host=/…&port=…) or an address (@host:port).
Server::endpoint server_of(const std::string& url) {
  const std::string folder = part(url, "[?&]host=(/[^&]*)");
  if (!folder.empty()) {
    const std::string socket = folder + "/.s.PGSQL." + part(url, "[?&]port=([0-9]+)");
    return asio::local::stream_protocol::endpoint{socket};
  }
  return tcp::endpoint{asio::ip::make_address(part(url, "@([0-9.]+):")),
                       static_cast<std::uint16_t>(std::stoi(part(url, "@[0-9.]+:([0-9]+)")))};
}

// One client and its connection to the server; lives as long as its reads.
struct Pair : std::enable_shared_from_this<Pair> {
  Pair(tcp::socket from, Server::socket to) : client{std::move(from)}, server{std::move(to)} {}
  tcp::socket client;
  Server::socket server;
  bool mute = false;  // nothing goes back to the client any more

  void break_off() {
    boost::system::error_code ignored;
    client.close(ignored);
    server.close(ignored);
  }
};

}  // namespace

struct Gate::Impl : std::enable_shared_from_this<Impl> {
  std::string url;
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  Server::endpoint target;
  std::list<std::weak_ptr<Pair>> pairs;
  std::atomic<bool> lose_commit{false};
  std::atomic<bool> lost{false};
  bool closed = false;
  std::thread thread;

  void accept() {
    acceptor.async_accept([self = shared_from_this()](auto error, tcp::socket client) {
      if (error) return;
      if (!self->closed) self->connect(std::move(client));
      self->accept();
    });
  }

  void connect(tcp::socket client) {
    Server::socket server{io};
    server.connect(target);
    const auto pair = std::make_shared<Pair>(std::move(client), std::move(server));
    pairs.push_back(pair);
    pump(pair, true);
    pump(pair, false);
  }

  void pump(const std::shared_ptr<Pair>& pair, bool upwards) {
    const auto buffer = std::make_shared<std::array<char, 65536>>();
    const auto passed = [self = shared_from_this(), pair, buffer, upwards](auto error,
                                                                           std::size_t size) {
      if (error) return pair->break_off();
      self->pass_on(*pair, {buffer->data(), size}, upwards);
      self->pump(pair, upwards);
    };
    if (upwards) {
      pair->client.async_read_some(asio::buffer(*buffer), passed);
    } else {
      pair->server.async_read_some(asio::buffer(*buffer), passed);
    }
  }

  void pass_on(Pair& pair, std::string_view bytes, bool upwards) {
    boost::system::error_code error;
    if (upwards) {
      if (bytes.find("COMMIT") != std::string_view::npos && lose_commit.exchange(false)) {
        pair.mute = true;
      }
      asio::write(pair.server, asio::buffer(bytes), error);
    } else if (pair.mute) {
      // The server has answered, so the commit has happened; the client never hears of it.
      lost = true;
      pair.break_off();
    } else {
      asio::write(pair.client, asio::buffer(bytes), error);
    }
  }
};

Gate::Gate(const std::string& url) : impl_{std::make_shared<Impl>()} {
  impl_->target = server_of(url);
  // What is said last of host and port counts.
  impl_->url = url + (url.find('?') == std::string::npos ? '?' : '&') +
               "host=127.0.0.1&port=" + std::to_string(impl_->acceptor.local_endpoint().port());
  impl_->accept();
  impl_->thread = std::thread{[impl = impl_] { impl->io.run(); }};
}

Gate::~Gate() {
  impl_->io.stop();
  impl_->thread.join();
}

std::string Gate::url() const {
  return impl_->url;
}

void Gate::lose_next_commit_answer() {
  impl_->lose_commit = true;
}

bool Gate::has_lost_answer() const {
  return impl_->lost;
}

void Gate::close() {
  asio::post(impl_->io, [impl = impl_] {
    impl->closed = true;
    for (const auto& weak : impl->pairs) {
      if (const auto pair = weak.lock()) pair->break_off();
    }
    impl->pairs.clear();
  });
}

void Gate::open() {
  asio::post(impl_->io, [impl = impl_] { impl->closed = false; });
}

}  // namespace waybill::testing
