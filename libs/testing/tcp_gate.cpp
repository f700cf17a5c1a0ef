#include "libs/testing/tcp_gate.hpp"

#include <array>
#include <atomic>
#include <future>
#include <set>
#include <thread>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace waybill::testing {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Stream = asio::generic::stream_protocol;  // TCP or a Unix socket
using boost::system::error_code;
using std::chrono::milliseconds;

// How often a flow looks whether the bytes it holds back may go on.
constexpr milliseconds kLook{10};

tcp::endpoint endpoint_of(const std::string& host, std::uint16_t port) {
  return {asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host), port};
}

enum class End { reset, polite };

void end_socket(Stream::socket& socket, End end) {
  error_code ignored;
  // Reset rather than a polite end: a broken link says no goodbye.
  if (end == End::reset) socket.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket.close(ignored);
}

}  // namespace

struct TcpGate::Impl {
  class Pair;

  asio::io_context io{1};
  Stream::endpoint server;
  tcp::acceptor acceptor;
  LinkPlan plan;         // on the io thread only, like `question` and `pairs`
  std::string question;  // whose answer will be lost; empty: none
  std::atomic<bool> lost_answer{false};
  std::set<std::shared_ptr<Pair>> pairs;
  std::atomic<std::size_t> open_pairs{0};
  std::thread thread;

  Impl(Stream::endpoint to, std::uint16_t own_port)
      : server{std::move(to)}, acceptor{io, endpoint_of("127.0.0.1", own_port)} {
    accept();
    thread = std::thread{[this] { io.run(); }};
  }

  ~Impl() {
    io.stop();
    thread.join();
  }

  void accept();
  void end_all(End end);

  // Returns when the io thread has done it.
  template <class Work>
  void on_io(Work work) {
    std::packaged_task<void()> task{std::move(work)};
    auto done = task.get_future();
    asio::post(io, [&task] { task(); });
    done.get();
  }
};

// A client and its connection to the server. Lives as long as it is open, or something waits for
// it.
class TcpGate::Impl::Pair : public std::enable_shared_from_this<Pair> {
 public:
  Pair(Impl& gate, Stream::socket client)
      : gate_{gate},
        client_{std::move(client)},
        server_{gate.io},
        up_{client_, server_, gate.plan.up, asio::steady_timer{gate.io}, {}},
        down_{server_, client_, gate.plan.down, asio::steady_timer{gate.io}, {}} {}

  void start() {
    server_.async_connect(gate_.server, [self = shared_from_this()](error_code error) {
      if (error) return self->end(End::reset);
      error_code ignored;
      self->client_.set_option(tcp::no_delay{true}, ignored);
      self->server_.set_option(tcp::no_delay{true}, ignored);
      self->read(self->up_);
      self->read(self->down_);
    });
  }

  void end(End how) {
    if (gate_.pairs.erase(shared_from_this()) == 0) return;
    --gate_.open_pairs;
    end_socket(client_, how);
    end_socket(server_, how);
    up_.timer.cancel();
    down_.timer.cancel();
  }

 private:
  // One direction. At most one piece is under way: read, held back, written.
  struct Flow {
    Stream::socket& from;
    Stream::socket& to;
    Weather& weather;  // the gate's
    asio::steady_timer timer;
    std::array<char, 65536> buffer;
    std::size_t size = 0;
  };

  void read(Flow& flow) {
    const std::size_t most = flow.weather.slice > 0 ? flow.weather.slice : flow.buffer.size();
    flow.from.async_read_some(
        asio::buffer(flow.buffer.data(), std::min(most, flow.buffer.size())),
        [self = shared_from_this(), &flow](error_code error, std::size_t size) {
          if (error) return self->end(error == asio::error::eof ? End::polite : End::reset);
          flow.size = size;
          if (self->loses(flow)) return self->end(End::reset);
          self->hold(flow);
        });
  }

  // Whether this is the answer that the client must not hear.
  bool loses(const Flow& flow) {
    if (&flow == &down_) {
      if (is_mute_) gate_.lost_answer = true;
      return is_mute_;
    }
    const std::string_view piece{flow.buffer.data(), flow.size};
    if (!gate_.question.empty() && piece.find(gate_.question) != std::string_view::npos) {
      gate_.question.clear();
      is_mute_ = true;
    }
    return false;
  }

  void hold(Flow& flow) {
    const Weather& weather = flow.weather;
    if (weather.swallow) return wait(flow, kLook, &Pair::hold);
    milliseconds pause = weather.delay;
    if (weather.bytes_per_second > 0) {
      pause += milliseconds{1000 * flow.size / weather.bytes_per_second};
    }
    pause.count() > 0 ? wait(flow, pause, &Pair::write) : write(flow);
  }

  void wait(Flow& flow, milliseconds time, void (Pair::*next)(Flow&)) {
    flow.timer.expires_after(time);
    flow.timer.async_wait([self = shared_from_this(), &flow, next](error_code error) {
      if (!error) ((*self).*next)(flow);
    });
  }

  void write(Flow& flow) {
    auto& left = flow.weather.cut_after;
    const bool is_last = left && *left <= flow.size;
    if (is_last) flow.size = *left;
    if (left) *left -= flow.size;
    if (is_last) left.reset();
    asio::async_write(flow.to, asio::buffer(flow.buffer.data(), flow.size),
                      [self = shared_from_this(), &flow, is_last](error_code error, std::size_t) {
                        if (error || is_last) return self->end(End::reset);
                        self->read(flow);
                      });
  }

  Impl& gate_;
  bool is_mute_ = false;
  Stream::socket client_;
  Stream::socket server_;
  Flow up_;
  Flow down_;
};

void TcpGate::Impl::accept() {
  acceptor.async_accept([this](error_code error, tcp::socket client) {
    if (error == asio::error::operation_aborted) return;
    Stream::socket link{std::move(client)};
    if (!error && plan.refuse) end_socket(link, End::reset);
    if (!error && !plan.refuse) {
      const auto pair = std::make_shared<Pair>(*this, std::move(link));
      pairs.insert(pair);
      ++open_pairs;
      pair->start();
    }
    accept();
  });
}

void TcpGate::Impl::end_all(End end) {
  const auto all = pairs;
  for (const auto& pair : all) pair->end(end);
}

TcpGate::TcpGate(const std::string& host, std::uint16_t port, std::uint16_t own_port)
    : impl_{std::make_unique<Impl>(endpoint_of(host, port), own_port)} {}

TcpGate::TcpGate(const std::string& socket)
    : impl_{std::make_unique<Impl>(asio::local::stream_protocol::endpoint{socket}, 0)} {}

TcpGate::~TcpGate() {
  cut();
}

std::uint16_t TcpGate::port() const {
  return impl_->acceptor.local_endpoint().port();
}

void TcpGate::apply(const LinkPlan& plan) {
  impl_->on_io([this, plan] { impl_->plan = plan; });
}

void TcpGate::cut() {
  impl_->on_io([this] { impl_->end_all(End::reset); });
}

void TcpGate::hang_up() {
  impl_->on_io([this] { impl_->end_all(End::polite); });
}

void TcpGate::close() {
  impl_->on_io([this] {
    impl_->plan.refuse = true;
    impl_->end_all(End::reset);
  });
}

void TcpGate::open() {
  impl_->on_io([this] { impl_->plan.refuse = false; });
}

void TcpGate::lose_answer_to(const std::string& question) {
  impl_->on_io([this, question] { impl_->question = question; });
}

bool TcpGate::has_lost_answer() const {
  return impl_->lost_answer;
}

void TcpGate::freeze() {
  impl_->on_io([this] { impl_->plan.up.swallow = impl_->plan.down.swallow = true; });
}

void TcpGate::thaw() {
  impl_->on_io([this] { impl_->plan.up.swallow = impl_->plan.down.swallow = false; });
}

std::size_t TcpGate::connections() const {
  return impl_->open_pairs;
}

}  // namespace waybill::testing
