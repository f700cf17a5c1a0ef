#include "tests/bench/load.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "tests/bench/answer.hpp"
#include "tests/e2e/support/account.hpp"

namespace waybill::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

struct Run {
  const std::vector<Shot>& shots;
  int wanted_status;
  Clock::time_point end;
  std::size_t next = 0;
  LoadResult result;

  const Shot& next_shot() { return shots[next++ % shots.size()]; }
};

class Client {
 public:
  Client(asio::io_context& io, Run& run) : socket_{io}, run_{run} { in_.resize(64 * 1024); }

  void connect(const tcp::resolver::results_type& where) {
    asio::connect(socket_, where);
    socket_.set_option(tcp::no_delay{true});
  }

  void shoot() {
    if (Clock::now() >= run_.end) return;
    shot_ = &run_.next_shot();
    sent_at_ = Clock::now();
    have_ = 0;
    asio::async_write(socket_, asio::buffer(shot_->bytes), [this](error_code error, std::size_t) {
      if (error) throw std::runtime_error{"the platform closed a connection: " + error.message()};
      read();
    });
  }

 private:
  void read() {
    if (have_ == in_.size()) in_.resize(2 * in_.size());
    const auto room = asio::buffer(in_.data() + have_, in_.size() - have_);
    socket_.async_read_some(room, [this](error_code error, std::size_t size) {
      if (error) throw std::runtime_error{"the platform closed a connection: " + error.message()};
      have_ += size;
      take();
    });
  }

  void take() {
    int status = 0;
    if (answer_length({in_.data(), have_}, status) == 0) return read();
    ++run_.result.statuses[status];
    if (status == run_.wanted_status) {
      const auto took =
          std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - sent_at_);
      run_.result.micros.push_back(static_cast<std::uint32_t>(took.count()));
      run_.result.units += shot_->units;
    }
    shoot();
  }

  tcp::socket socket_;
  Run& run_;
  const Shot* shot_ = nullptr;
  Clock::time_point sent_at_;
  std::string in_;
  std::size_t have_ = 0;
};

}  // namespace

std::string request_bytes(const std::string& method, const std::string& target,
                          const std::string& host, const std::string& body) {
  std::string bytes = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n",
                                  method, target, host, e2e::ops_token());
  if (!body.empty()) {
    bytes += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  }
  return bytes + "\r\n" + body;
}

double LoadResult::percentile_ms(double share) const {
  if (micros.empty()) return 0;
  const auto last = static_cast<double>(micros.size() - 1);
  return micros[static_cast<std::size_t>(share * last + 0.5)] / 1000.0;
}

LoadResult run_load(const Load& load, const std::vector<Shot>& shots) {
  asio::io_context io{1};
  const std::size_t colon = load.address.rfind(':');
  tcp::resolver resolver{io};
  const auto where =
      resolver.resolve(load.address.substr(0, colon), load.address.substr(colon + 1));
  Run run{shots, load.wanted_status, {}, 0, {}};
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < load.clients; ++i) {
    clients.push_back(std::make_unique<Client>(io, run));
    clients.back()->connect(where);
  }
  const auto start = Clock::now();
  run.end = start + load.duration;
  for (const auto& client : clients) client->shoot();
  io.run();
  run.result.time = Clock::now() - start;
  std::sort(run.result.micros.begin(), run.result.micros.end());
  return std::move(run.result);
}

}  // namespace waybill::bench
