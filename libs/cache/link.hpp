// One connection to Redis: hiredis' asynchronous context driven by Asio. A context can't be used
// again after an error, so a link is made anew each time. Everything happens on the io thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

struct redisReply;

namespace waybill::cache {

struct Address {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string password;
};
// redis://[:password@]host[:port]; throws std::runtime_error for anything else.
Address parse_address(const std::string& url);

class Link {
 public:
  // nullptr: the connection broke before the answer came.
  using Reply = std::function<void(const redisReply*)>;

  // `up` is called once when connected, `down` once when the link is lost or could not be made;
  // never from the constructor.
  Link(boost::asio::io_context& io, const Address& address, std::function<void()> up,
       std::function<void()> down);
  ~Link();

  // Queues a command; commands of one turn of the io loop leave in one write. `reply` is never
  // called from within send().
  void send(const std::vector<std::string_view>& arguments, Reply reply);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::cache
