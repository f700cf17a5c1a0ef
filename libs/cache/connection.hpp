// A connection to Redis that is kept: made anew with backoff after each loss, and given up for lost
// when nobody answers on it. Everything happens on the io thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "libs/cache/link.hpp"
#include "libs/core/backoff.hpp"

namespace waybill::cache {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // `up` is called whenever Redis has answered on a new link, `down` whenever one is lost or can't
  // be made. Throws std::runtime_error for a URL that is none.
  Connection(boost::asio::io_context& io, const std::string& url, std::function<void()> up,
             std::function<void()> down);

  void open();
  // For ever: nothing is called any more but the replies that are due.
  void close();
  // Redis is there and refuses: perhaps it is full, or still loading. A new link tries again later.
  void give_up();

  // `reply` is called once, never from within: with nullptr when the link broke or there is none.
  void send(const std::vector<std::string_view>& arguments, Link::Reply reply);
  // The same, with nullptr also when Redis has not answered after `most`; the command may then take
  // effect all the same. One `most` for all calls, or late ones wait for longer ones before them.
  void ask(const std::vector<std::string_view>& arguments, Milliseconds most, Link::Reply reply);

 private:
  // A question under way. The sweep answers it when Redis is late; the reply then finds `reply`
  // gone.
  struct Question {
    Link::Reply reply;
    std::chrono::steady_clock::time_point deadline;
  };

  void connect();
  void on_up();
  void beat(std::function<void()> alive);
  void on_down();
  void answer(Question& question, const redisReply* reply);
  void sweep_later(Milliseconds after);
  void sweep();

  boost::asio::io_context& io_;
  const Address address_;
  std::function<void()> up_;
  std::function<void()> down_;
  std::unique_ptr<Link> link_;
  boost::asio::steady_timer retry_;
  boost::asio::steady_timer pulse_;
  boost::asio::steady_timer sweep_timer_;
  Backoff backoff_{Milliseconds{20}, Milliseconds{2'000}};
  std::deque<std::shared_ptr<Question>> questions_;  // oldest first
  bool sweeping_ = false;
  bool closed_ = false;
};

}  // namespace waybill::cache
