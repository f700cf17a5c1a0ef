#include "tests/bench/open_loop.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "tests/bench/answer.hpp"

namespace waybill::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// A client that gets no answer for this long gives up.
constexpr std::chrono::seconds kPatience{15};

class Crowd;

// One of the crowd: a connection that is kept, made anew when it breaks.
class Stranger {
 public:
  Stranger(asio::io_context& io, Crowd& crowd) : socket_{io}, crowd_{crowd} { in_.resize(4096); }

  void shoot(const Shot& shot, Clock::time_point due);

 private:
  void connect();
  void write();
  void read();
  void take();
  void broken();

  tcp::socket socket_;
  Crowd& crowd_;
  const Shot* shot_ = nullptr;
  Clock::time_point due_;
  std::string in_;
  std::size_t have_ = 0;
};

class Crowd {
 public:
  Crowd(const OpenLoad& load, const std::vector<Shot>& shots)
      : load_{load}, shots_{shots}, timer_{io_} {
    const std::size_t colon = load.address.rfind(':');
    tcp::resolver resolver{io_};
    where = resolver.resolve(load.address.substr(0, colon), load.address.substr(colon + 1))
                .begin()
                ->endpoint();
    for (std::size_t i = 0; i < load.connections; ++i) {
      all_.push_back(std::make_unique<Stranger>(io_, *this));
      idle_.push_back(all_.back().get());
    }
  }

  OpenResult run() {
    start_ = Clock::now();
    shoot_what_is_due();
    io_.run_until(start_ + load_.duration + kPatience);
    result.others += static_cast<std::int64_t>(all_.size() - idle_.size());
    for (LoadResult* part : {&result.wanted, &result.refused}) {
      part->time = load_.duration;
      std::sort(part->micros.begin(), part->micros.end());
    }
    return std::move(result);
  }

  void answered(Stranger& stranger, const Shot& shot, int status, Clock::time_point due) {
    idle_.push_back(&stranger);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - due);
    const auto micros = static_cast<std::uint32_t>(took.count());
    if (status == load_.wanted_status) {
      result.wanted.micros.push_back(micros);
      result.wanted.units += shot.units;
    } else if (status == 503 || status == 429) {
      result.refused.micros.push_back(micros);
    } else {
      ++result.others;
      ++result.wanted.statuses[status];
    }
  }

  void broken(Stranger& stranger) {
    ++result.broken;
    idle_.push_back(&stranger);
  }

  tcp::endpoint where;
  OpenResult result;

 private:
  void shoot_what_is_due() {
    const std::chrono::duration<double> elapsed =
        std::min<Clock::duration>(Clock::now() - start_, load_.duration);
    while (static_cast<double>(due_) < elapsed.count() * load_.per_second) {
      const auto at =
          start_ + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(static_cast<double>(due_) / load_.per_second));
      shoot(shots_[due_++ % shots_.size()], at);
    }
    if (Clock::now() >= start_ + load_.duration) return;
    timer_.expires_after(std::chrono::milliseconds{1});
    timer_.async_wait([this](error_code) { shoot_what_is_due(); });
  }

  void shoot(const Shot& shot, Clock::time_point at) {
    if (idle_.empty()) {
      ++result.held_back;
      return;
    }
    Stranger* stranger = idle_.back();
    idle_.pop_back();
    ++result.sent;
    stranger->shoot(shot, at);
  }

  const OpenLoad& load_;
  const std::vector<Shot>& shots_;
  asio::io_context io_{1};
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<Stranger>> all_;
  std::vector<Stranger*> idle_;
  Clock::time_point start_;
  std::size_t due_ = 0;  // requests, up to now
};

void Stranger::shoot(const Shot& shot, Clock::time_point due) {
  shot_ = &shot;
  due_ = due;
  have_ = 0;
  socket_.is_open() ? write() : connect();
}

void Stranger::connect() {
  socket_.async_connect(crowd_.where, [this](error_code error) {
    if (error) return broken();
    socket_.set_option(tcp::no_delay{true});
    write();
  });
}

void Stranger::write() {
  asio::async_write(socket_, asio::buffer(shot_->bytes),
                    [this](error_code error, std::size_t) { error ? broken() : read(); });
}

void Stranger::read() {
  if (have_ == in_.size()) in_.resize(2 * in_.size());
  const auto room = asio::buffer(in_.data() + have_, in_.size() - have_);
  socket_.async_read_some(room, [this](error_code error, std::size_t size) {
    if (error) return broken();
    have_ += size;
    take();
  });
}

void Stranger::take() {
  int status = 0;
  if (answer_length({in_.data(), have_}, status) == 0) return read();
  crowd_.answered(*this, *shot_, status, due_);
}

void Stranger::broken() {
  error_code ignored;
  socket_.close(ignored);
  crowd_.broken(*this);
}

}  // namespace

OpenResult run_open_load(const OpenLoad& load, const std::vector<Shot>& shots) {
  return Crowd{load, shots}.run();
}

}  // namespace waybill::bench
