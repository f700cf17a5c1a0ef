// A pooled keep-alive HTTP client for one upstream (a service of ours). Runs on the io_context it
// is given.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/core/fault.hpp"
#include "libs/web/http.hpp"

namespace waybill::web {

// Code of the fault of a request for which no connection became free: the upstream was not asked.
inline constexpr std::string_view kBusy = "busy";

struct ClientOptions {
  std::size_t connections = 64;  // at most; further callers wait in line
  std::chrono::milliseconds connect_time{1'000};
  std::chrono::milliseconds request_time{
      10'000};       // all of it: waiting in line, connecting, the answer
  bool tls = false;  // HTTPS: 1.2 or newer, the certificate checked by the system's authorities
  std::size_t body_bytes = 16 * 1024 * 1024;  // of an answer
  std::size_t waiting = 1'024;  // callers in line at most; further ones are refused at once
  std::chrono::milliseconds line_time{10'000};  // longest wait in line
  std::chrono::milliseconds idle_time{
      30'000};  // a kept connection older than this is not used again
  // Of a streamed exchange, instead of request_time: the longest time in which the upstream neither
  // takes nor gives a byte.
  std::chrono::milliseconds still_time{60'000};
};

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";
  Headers headers;  // Host, Content-Length and Connection are set by the client
  std::string body;
  BodySource* source = nullptr;  // for open(): the body is read from here instead
  // Gives up at this time, where it is before the end of request_time.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

class Client {
 public:
  // `address` is "host:port".
  Client(boost::asio::io_context& io, std::string address, ClientOptions options = {});
  ~Client();

  // Any answer of the upstream is a Response; a broken connection, refusal or timeout is an
  // `unavailable` fault; its code is kBusy where no connection became free. A kept connection that
  // turns out to be closed is replaced once for methods that may be repeated.
  awaitable<Result<Response>> send(ClientRequest request);

  // The same with bodies of any size, in constant memory: returns with the header of the answer,
  // whose `stream` reads the rest from the upstream while it is run. It holds a connection until
  // then. Here `deadline` is for getting one. An upstream that answers before it has the whole body
  // gets no more of it. What the source throws comes through.
  awaitable<Result<Response>> open(ClientRequest request);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::web
