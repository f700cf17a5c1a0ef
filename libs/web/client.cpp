#include "libs/web/client.hpp"

#include <array>
#include <deque>
#include <stdexcept>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <strings.h>

#include "libs/async/async.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/outgoing.hpp"
#include "libs/web/message_head.hpp"
#include "libs/web/read_buffer.hpp"
#include "libs/web/response_parser.hpp"

namespace waybill::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Time = std::chrono::steady_clock::time_point;

namespace {

// Methods that may be sent again without asking (RFC 9110, section 9.2.2).
bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

bool is_clients_own(std::string_view name) {
  static constexpr std::array kNames{"Host", "Content-Length", "Connection", "Transfer-Encoding"};
  return std::any_of(kNames.begin(), kNames.end(), [name](const char* own) {
    return name.size() == std::strlen(own) && strncasecmp(name.data(), own, name.size()) == 0;
  });
}

bool is_visible(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string request_head(const ClientRequest& request, const std::string& address) {
  if (!is_visible(request.method) || !is_visible(request.target)) {
    throw std::invalid_argument("a method or target that can't be sent");
  }
  std::string head = request.method;
  head.append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_field(head, "Host", address);
  for (const auto& [name, value] : request.headers) {
    if (!is_clients_own(name)) append_field(head, name, value);
  }
  const bool body_expected = request.method != "GET" && request.method != "HEAD";
  if (request.source && !request.source->length()) {
    append_field(head, "Transfer-Encoding", "chunked");
  } else if (request.source) {
    append_field(head, "Content-Length", std::to_string(*request.source->length()));
  } else if (body_expected || !request.body.empty()) {
    append_field(head, "Content-Length", std::to_string(request.body.size()));
  }
  return head.append("\r\n");
}

// What went wrong with an upstream: for the log and the metric, not for the caller's caller.
struct Trouble {
  const char* reason;
  std::string detail;
};

// One connection to the upstream.
struct Upstream {
  explicit Upstream(asio::io_context& io) : socket{io}, timer{io} {}

  tcp::socket socket;
  std::optional<asio::ssl::stream<tcp::socket&>> tls;  // where the upstream speaks it
  asio::steady_timer timer;
  ReadBuffer in;
  Time idle_since;
  bool kept = false;  // has carried a request before
  bool timed_out = false;

  // There is something to read, or the end: the upstream may close a kept connection at any time,
  // and answer a request before it has all of it.
  bool has_input() {
    char byte;
    error_code error;
    socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    return error != asio::error::would_block;
  }
};

using UpstreamPtr = std::shared_ptr<Upstream>;

template <class Buffers>
awaitable<void> write_all(Upstream& upstream, const Buffers& buffers, error_code& error) {
  if (upstream.tls) {
    co_await asio::async_write(*upstream.tls, buffers,
                               asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_write(upstream.socket, buffers,
                               asio::redirect_error(asio::use_awaitable, error));
  }
}

// A TLS connection that ends without a goodbye ends: whether the answer was whole, HTTP says.
awaitable<std::size_t> read_some(Upstream& upstream, error_code& error) {
  std::size_t count = 0;
  if (upstream.tls) {
    count = co_await upstream.tls->async_read_some(
        upstream.in.prepare(), asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::ssl::error::stream_truncated) error = asio::error::eof;
  } else {
    count = co_await upstream.socket.async_read_some(
        upstream.in.prepare(), asio::redirect_error(asio::use_awaitable, error));
  }
  co_return count;
}

// TLS 1.2 or newer, certificates by the system's authorities.
asio::ssl::context make_tls() {
  asio::ssl::context context{asio::ssl::context::tls_client};
  context.set_default_verify_paths();
  context.set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  return context;
}

// Closes the connection, and with it ends whatever waits for it, when the time is over.
void set_deadline(const UpstreamPtr& upstream, Time deadline) {
  upstream->timer.expires_at(deadline);
  upstream->timer.async_wait([weak = std::weak_ptr{upstream}](const error_code& cancelled) {
    const UpstreamPtr late = weak.lock();
    // Cancelling comes too late for a timer that has just run out.
    if (cancelled || !late || late->timer.expiry() > std::chrono::steady_clock::now()) return;
    late->timed_out = true;
    error_code ignored;
    late->socket.close(ignored);
  });
}

}  // namespace

struct Client::Impl {
  struct Waiter;
  class Lease;
  class AnswerBody;

  Impl(asio::io_context& context, std::string where, ClientOptions settings);

  static awaitable<Result<Response>> send(std::shared_ptr<Impl> self, ClientRequest request);
  static awaitable<Result<Response>> measured(std::shared_ptr<Impl> self,
                                              awaitable<Result<Response>> sending);
  static awaitable<Result<Response>> open_stream(std::shared_ptr<Impl> self, ClientRequest request);
  static awaitable<Result<Lease>> acquire(std::shared_ptr<Impl> self, Time deadline, bool fresh);
  static awaitable<bool> wait_in_line(std::shared_ptr<Impl> self, Time deadline,
                                      UpstreamPtr& upstream);
  awaitable<std::optional<Trouble>> connect(const UpstreamPtr& upstream, Time deadline);
  awaitable<std::optional<Trouble>> shake_hands(const UpstreamPtr& upstream, Time deadline);
  awaitable<std::optional<Trouble>> resolve(std::vector<tcp::endpoint>& endpoints, Time deadline);
  awaitable<std::optional<Trouble>> exchange(Upstream& upstream, const std::string& head,
                                             const std::string& body, ResponseParser& parser,
                                             bool& touched);
  awaitable<bool> send_source(const UpstreamPtr& upstream, BodySource& source);
  awaitable<ResponseParser::State> read_more(const UpstreamPtr& upstream, ResponseParser& parser);
  UpstreamPtr take_idle();
  void release(UpstreamPtr upstream);
  Fault fault(const Trouble& trouble) const;
  Fault busy() const;
  void count_failure(const char* reason) const;

  asio::io_context& io;
  const std::string address;
  const metrics::OutgoingKind calls{address, "request"};
  std::string host;
  std::string port;
  const ClientOptions options;
  std::optional<asio::ssl::context> tls;
  std::optional<tcp::endpoint> endpoint;  // where the address is no name
  std::vector<UpstreamPtr> idle;          // the last one was used last
  std::size_t open = 0;                   // connections, idle ones included
  std::deque<Waiter*> line;
  bool closed = false;
};

// A caller in line. Whoever is done hands it the connection, or the right to open one.
struct Client::Impl::Waiter {
  Waiter(Impl& pool, Time deadline) : impl{pool}, timer{pool.io, deadline} {
    impl.line.push_back(this);
  }
  ~Waiter() { std::erase(impl.line, this); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Impl& impl;
  asio::steady_timer timer;
  UpstreamPtr upstream;
  bool served = false;
};

// The right to one connection; gives it back to the pool when it ends.
class Client::Impl::Lease {
 public:
  Lease(std::shared_ptr<Impl> impl, UpstreamPtr upstream)
      : impl_{std::move(impl)}, upstream_{std::move(upstream)} {}
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (impl_) impl_->release(keep_ ? std::move(upstream_) : nullptr);
  }

  const UpstreamPtr& upstream() const { return upstream_; }
  void open() { upstream_ = std::make_shared<Upstream>(impl_->io); }
  void keep() { keep_ = true; }

 private:
  std::shared_ptr<Impl> impl_;
  UpstreamPtr upstream_;
  bool keep_ = false;
};

Client::Impl::Impl(asio::io_context& context, std::string where, ClientOptions settings)
    : io{context}, address{std::move(where)}, options{settings} {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) throw std::invalid_argument("not host:port: " + address);
  host = address.substr(0, colon);
  port = address.substr(colon + 1);
  if (options.tls) tls.emplace(make_tls());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code is_name;
  const auto literal = asio::ip::make_address(host, is_name);
  if (!is_name) endpoint.emplace(literal, static_cast<std::uint16_t>(std::stoul(port)));
}

awaitable<Result<Response>> Client::Impl::send(std::shared_ptr<Impl> self, ClientRequest request) {
  const Time deadline =
      std::min(request.deadline, std::chrono::steady_clock::now() + self->options.request_time);
  const std::string head = request_head(request, self->address);
  for (bool fresh = false;; fresh = true) {
    Result<Lease> lease = co_await acquire(self, deadline, fresh);
    if (!lease) co_return lease.error();
    const UpstreamPtr upstream = lease->upstream();
    const bool kept = upstream->kept;
    ResponseParser parser{self->options.body_bytes, request.method == "HEAD"};
    bool touched = false;
    set_deadline(upstream, deadline);
    const auto trouble = co_await self->exchange(*upstream, head, request.body, parser, touched);
    upstream->timer.cancel();
    if (!trouble) {
      if (parser.keep_alive() && upstream->in.empty() && !upstream->timed_out) lease->keep();
      co_return parser.take();
    }
    const bool may_repeat = kept && !fresh && !touched && is_idempotent(request.method);
    if (!may_repeat || upstream->timed_out) co_return self->fault(*trouble);
  }
}

// A connection that is ready for a request; `fresh`: not one from the pool.
awaitable<Result<Client::Impl::Lease>> Client::Impl::acquire(std::shared_ptr<Impl> self,
                                                             Time deadline, bool fresh) {
  UpstreamPtr upstream = self->take_idle();
  if (!upstream && self->open < self->options.connections) {
    ++self->open;
  } else if (!upstream) {
    if (self->line.size() >= self->options.waiting) {
      co_return self->busy();
    }
    const Time patience = std::chrono::steady_clock::now() + self->options.line_time;
    if (!co_await wait_in_line(self, std::min(deadline, patience), upstream)) {
      co_return self->busy();
    }
  }
  Lease lease{self, std::move(upstream)};
  if (lease.upstream() && !fresh) co_return lease;
  lease.open();
  if (const auto trouble = co_await self->connect(lease.upstream(), deadline)) {
    co_return self->fault(*trouble);
  }
  co_return lease;
}

awaitable<bool> Client::Impl::wait_in_line(std::shared_ptr<Impl> self, Time deadline,
                                           UpstreamPtr& upstream) {
  Waiter waiter{*self, deadline};
  error_code cancelled;
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  upstream = std::move(waiter.upstream);
  co_return waiter.served;
}

awaitable<std::optional<Trouble>> Client::Impl::connect(const UpstreamPtr& upstream,
                                                        Time deadline) {
  deadline = std::min(deadline, std::chrono::steady_clock::now() + options.connect_time);
  std::vector<tcp::endpoint> endpoints;
  if (auto trouble = co_await resolve(endpoints, deadline)) co_return trouble;
  set_deadline(upstream, deadline);
  error_code error;
  co_await asio::async_connect(upstream->socket, endpoints,
                               asio::redirect_error(asio::use_awaitable, error));
  upstream->timer.cancel();
  if (error || upstream->timed_out) {
    Trouble trouble{"connect", upstream->timed_out ? "not connected in time" : error.message()};
    co_return trouble;
  }
  upstream->socket.set_option(tcp::no_delay{true}, error);
  upstream->socket.non_blocking(true, error);
  if (options.tls) co_return co_await shake_hands(upstream, deadline);
  co_return std::nullopt;
}

awaitable<std::optional<Trouble>> Client::Impl::shake_hands(const UpstreamPtr& upstream,
                                                            Time deadline) {
  upstream->tls.emplace(upstream->socket, *tls);
  SSL_set_tlsext_host_name(upstream->tls->native_handle(), host.c_str());
  upstream->tls->set_verify_callback(asio::ssl::host_name_verification{host});
  set_deadline(upstream, deadline);
  error_code error;
  co_await upstream->tls->async_handshake(asio::ssl::stream_base::client,
                                          asio::redirect_error(asio::use_awaitable, error));
  upstream->timer.cancel();
  if (!error && !upstream->timed_out) co_return std::nullopt;
  Trouble trouble{"tls", upstream->timed_out ? "no handshake in time" : error.message()};
  co_return trouble;
}

// What a name stands for may change, so it is asked for at each connection. getaddrinfo can't be
// interrupted: when time is over it is left alone, and only touches what it shares.
awaitable<std::optional<Trouble>> Client::Impl::resolve(std::vector<tcp::endpoint>& endpoints,
                                                        Time deadline) {
  if (endpoint) {
    endpoints.push_back(*endpoint);
    co_return std::nullopt;
  }
  struct Lookup {
    explicit Lookup(asio::io_context& context) : resolver{context}, done{context} {}
    tcp::resolver resolver;
    async::Event done;
    error_code error;
    std::vector<tcp::endpoint> found;
  };
  const auto lookup = std::make_shared<Lookup>(io);
  lookup->resolver.async_resolve(
      host, port, [lookup](const error_code& error, const tcp::resolver::results_type& results) {
        lookup->error = error;
        for (const auto& entry : results) lookup->found.push_back(entry.endpoint());
        lookup->done.set();
      });
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  const bool in_time = co_await lookup->done.wait_for(left);
  if (!in_time || lookup->error) {
    Trouble trouble{"resolve", in_time ? lookup->error.message() : "no address in time"};
    co_return trouble;
  }
  endpoints = lookup->found;
  co_return std::nullopt;
}

// Sends the request and reads until the parser has the answer. `touched`: something of an answer
// has come.
awaitable<std::optional<Trouble>> Client::Impl::exchange(Upstream& upstream,
                                                         const std::string& head,
                                                         const std::string& body,
                                                         ResponseParser& parser, bool& touched) {
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
  error_code error;
  co_await write_all(upstream, buffers, error);
  // Even where writing failed there may be an answer: a refusal that did not wait for the body.
  ResponseParser::State state = ResponseParser::State::more;
  while (state == ResponseParser::State::more) {
    const std::size_t count = co_await read_some(upstream, error);
    upstream.in.commit(count);
    touched = touched || count > 0;
    std::string_view input = upstream.in.data();
    state = error == asio::error::eof ? parser.end_of_input() : parser.feed(input);
    upstream.in.consume(upstream.in.size() - input.size());
    if (error && state == ResponseParser::State::more) break;
  }
  if (state == ResponseParser::State::done) co_return std::nullopt;
  Trouble trouble{"broken", error ? error.message() : parser.problem()};
  if (upstream.timed_out) trouble = Trouble{"timeout", "no answer in time"};
  co_return trouble;
}

// True when all of it has been sent; false when the upstream has something to say before, or has
// gone.
awaitable<bool> Client::Impl::send_source(const UpstreamPtr& upstream, BodySource& source) {
  const bool in_chunks = !source.length();
  for (bool last = false; !last;) {
    const std::string piece = co_await source.read();
    last = piece.empty();
    if (last && !in_chunks) break;
    // Under TLS there may be messages of its own.
    if (!upstream->tls && upstream->has_input()) co_return false;
    const std::string size = in_chunks ? fmt::format("{:x}\r\n", piece.size()) : std::string{};
    const std::string_view end = in_chunks ? "\r\n" : "";
    const std::array<asio::const_buffer, 3> buffers{asio::buffer(size), asio::buffer(piece),
                                                    asio::buffer(end)};
    set_deadline(upstream, std::chrono::steady_clock::now() + options.still_time);
    error_code error;
    co_await write_all(*upstream, buffers, error);
    upstream->timer.cancel();
    if (error) co_return false;
  }
  co_return true;
}

// Feeds the parser once.
awaitable<ResponseParser::State> Client::Impl::read_more(const UpstreamPtr& upstream,
                                                         ResponseParser& parser) {
  set_deadline(upstream, std::chrono::steady_clock::now() + options.still_time);
  error_code error;
  const std::size_t count = co_await read_some(*upstream, error);
  upstream->timer.cancel();
  upstream->in.commit(count);
  std::string_view input = upstream->in.data();
  const auto state = error == asio::error::eof ? parser.end_of_input() : parser.feed(input);
  upstream->in.consume(upstream->in.size() - input.size());
  if (error && state == ResponseParser::State::more) co_return ResponseParser::State::failed;
  co_return state;
}

// What follows the header of an answer. `may_keep`: the upstream has got all of the request.
class Client::Impl::AnswerBody final : public BodyStream {
 public:
  AnswerBody(std::shared_ptr<Impl> impl, Lease lease, std::unique_ptr<ResponseParser> parser,
             bool may_keep)
      : impl_{std::move(impl)},
        lease_{std::move(lease)},
        parser_{std::move(parser)},
        may_keep_{may_keep} {}

  // Of the exchange; the connection is free as soon as all has been read.
  void reached(ResponseParser::State state) {
    state_ = state;
    if (state != ResponseParser::State::done) return;
    const UpstreamPtr& upstream = lease_->upstream();
    if (may_keep_ && parser_->keep_alive() && upstream->in.empty()) lease_->keep();
    lease_.reset();
  }

  awaitable<void> run(StreamWriter& out) override {
    for (;;) {
      std::string piece = parser_->take_body();
      if (!piece.empty() && !co_await out.write(std::move(piece))) co_return;
      if (state_ == ResponseParser::State::done) co_return;
      if (state_ == ResponseParser::State::failed) {
        throw std::runtime_error("the upstream broke off: " + parser_->problem());
      }
      reached(co_await impl_->read_more(lease_->upstream(), *parser_));
    }
  }

 private:
  const std::shared_ptr<Impl> impl_;
  std::optional<Lease> lease_;
  const std::unique_ptr<ResponseParser> parser_;
  const bool may_keep_;
  ResponseParser::State state_ = ResponseParser::State::more;
};

awaitable<Result<Response>> Client::Impl::open_stream(std::shared_ptr<Impl> self,
                                                      ClientRequest request) {
  const Time deadline =
      std::min(request.deadline, std::chrono::steady_clock::now() + self->options.request_time);
  const std::string head = request_head(request, self->address);
  // What a source has given can't be sent again, so it gets a connection that is surely alive.
  for (bool fresh = request.source != nullptr;; fresh = true) {
    Result<Lease> lease = co_await acquire(self, deadline, fresh);
    if (!lease) co_return lease.error();
    const UpstreamPtr upstream = lease->upstream();
    auto parser = std::make_unique<ResponseParser>(std::nullopt, request.method == "HEAD");
    set_deadline(upstream, deadline);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(request.body)};
    error_code error;
    co_await write_all(*upstream, buffers, error);
    upstream->timer.cancel();
    bool is_sent = !error;
    if (is_sent && request.source) is_sent = co_await self->send_source(upstream, *request.source);
    // Even where writing failed there may be an answer: a refusal that did not wait for the body.
    auto state = ResponseParser::State::more;
    bool touched = false;
    while (state == ResponseParser::State::more && !parser->has_header()) {
      state = co_await self->read_more(upstream, *parser);
      touched = touched || state != ResponseParser::State::failed;
    }
    if (state != ResponseParser::State::failed) {
      Response response = parser->take_header();
      const auto body =
          std::make_shared<AnswerBody>(self, std::move(*lease), std::move(parser), is_sent);
      body->reached(state);
      response.stream = body;
      co_return response;
    }
    const bool may_repeat = upstream->kept && !fresh && !touched && is_idempotent(request.method);
    if (may_repeat && !upstream->timed_out) continue;
    Trouble trouble{"broken", parser->problem()};
    if (upstream->timed_out) trouble = Trouble{"timeout", "no answer in time"};
    co_return self->fault(trouble);
  }
}

UpstreamPtr Client::Impl::take_idle() {
  const Time oldest = std::chrono::steady_clock::now() - options.idle_time;
  while (!idle.empty()) {
    UpstreamPtr upstream = std::move(idle.back());
    idle.pop_back();
    if (upstream->idle_since > oldest && !upstream->has_input()) return upstream;
    --open;
  }
  return nullptr;
}

void Client::Impl::release(UpstreamPtr upstream) {
  if (upstream) {
    upstream->kept = true;
    upstream->idle_since = std::chrono::steady_clock::now();
  }
  if (!line.empty()) {
    Waiter* first = line.front();
    line.pop_front();
    first->upstream = std::move(upstream);
    first->served = true;
    first->timer.cancel();
  } else if (upstream && !closed) {
    idle.push_back(std::move(upstream));
  } else {
    --open;
  }
}

void Client::Impl::count_failure(const char* reason) const {
  metrics::counter("http_client_failures_total", "Requests to other services that got no answer.",
                   {{"upstream", address}, {"reason", reason}})
      .add();
}

Fault Client::Impl::fault(const Trouble& trouble) const {
  count_failure(trouble.reason);
  log::warn("http.call-failed",
            {{"upstream", address}, {"reason", trouble.reason}, {"detail", trouble.detail}});
  return unavailable("A service that is needed for this does not answer.");
}

// Counted, not logged: under load there are thousands of them per second, and a log would only add
// to it.
Fault Client::Impl::busy() const {
  count_failure("busy");
  Fault fault = unavailable("Too many requests wait for a service that is needed for this.");
  fault.code = kBusy;
  return fault;
}

Client::Client(asio::io_context& io, std::string address, ClientOptions options)
    : impl_{std::make_shared<Impl>(io, std::move(address), options)} {}

Client::~Client() {
  impl_->closed = true;
  impl_->idle.clear();
}

// Until the answer is there; of a stream, its header.
awaitable<Result<Response>> Client::Impl::measured(std::shared_ptr<Impl> self,
                                                   awaitable<Result<Response>> sending) {
  metrics::Outgoing call{self->calls};
  auto response = co_await std::move(sending);
  if (response && response->status < 500) call.succeeded();
  co_return response;
}

awaitable<Result<Response>> Client::open(ClientRequest request) {
  return Impl::measured(impl_, Impl::open_stream(impl_, std::move(request)));
}

awaitable<Result<Response>> Client::send(ClientRequest request) {
  return Impl::measured(impl_, Impl::send(impl_, std::move(request)));
}

}  // namespace waybill::web
