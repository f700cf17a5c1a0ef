#include "tests/integration/gateway/fixture.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include "libs/async/async.hpp"
#include "libs/contract/json.hpp"
#include "libs/runtime/io_call.hpp"
#include "libs/testing/testing.hpp"
#include "waybill/order/v1/events.pb.h"

namespace waybill::gateway {

namespace asio = boost::asio;

void FakeUpstream::put(const std::string& path, web::Response response) {
  const std::lock_guard lock{mutex_};
  answers_[path] = std::move(response);
}

int FakeUpstream::asked(const std::string& path) const {
  const std::lock_guard lock{mutex_};
  const auto found = asked_.find(path);
  return found == asked_.end() ? 0 : found->second;
}

web::Headers FakeUpstream::last_headers() const {
  const std::lock_guard lock{mutex_};
  return headers_;
}

web::Headers FakeUpstream::headers_of(const std::string& path) const {
  const std::lock_guard lock{mutex_};
  return headers_by_path_.at(path);
}
std::string FakeUpstream::last_body() const {
  const std::lock_guard lock{mutex_};
  return body_;
}

web::Response FakeUpstream::find(const web::Request& request) {
  const std::lock_guard lock{mutex_};
  ++asked_[request.path];
  headers_ = request.headers;
  headers_by_path_[request.path] = request.headers;
  body_ = request.body;
  const auto found = answers_.find(request.path);
  return found == answers_.end() ? web::problem_response(not_found("Not in this test."), request)
                                 : found->second;
}

std::optional<std::uint64_t> FakeUpstream::streams(const web::Request& request) const {
  if (request.path.find("/content") == std::string::npos) return std::nullopt;
  return std::uint64_t{1} << 40;
}
web::awaitable<web::Response> FakeUpstream::handle(web::Request& request) {
  const bool reads = request.source && request.path.find("/refused") == std::string::npos;
  try {
    for (bool more = reads; more;) {
      const std::string piece = co_await request.source->read();
      streamed_bytes += piece.size();
      more = !piece.empty();
    }
  } catch (const web::BodyBroken&) {
    ++broken_bodies;
    throw;
  }
  const auto took = delay.load();
  if (took.count() > 0) co_await async::pause(took);
  co_return find(request);
}

void IoThread::stop() {
  work_.reset();
  io.stop();
  thread_.join();
}

IoThread::~IoThread() {
  io.restart();
  io.poll();  // what was posted last: the cache closes its link
}

namespace {

cache::Cache::Options cache_options() {
  cache::Cache::Options options;
  options.url = testing::environment("WAYBILL_REDIS_URL");
  options.read_time = std::chrono::milliseconds{500};  // a busy machine is not what is tested
  return options;
}

cache::Limiter::Options limiter_options() {
  cache::Limiter::Options options;
  options.url = testing::environment("WAYBILL_REDIS_URL");
  options.answer_time = std::chrono::milliseconds{500};
  return options;
}

messaging::QueueOptions command_queue(const std::string& name) {
  messaging::QueueOptions options;
  options.name = name;
  return options;
}

}  // namespace

Settings for_trials() {
  Settings settings;
  settings.access_mode = "open";
  return settings;
}

Platform::Platform(Settings settings, contract::Contract contract)
    : contract_{std::move(contract)},
      cache{thread_.io, cache_options()},
      limiter{thread_.io, limiter_options()},
      upstream_server_{thread_.io, "127.0.0.1:0", upstream},
      replies_{rabbit->make_publisher("test")},
      events_{kafka->make_producer("test")} {
  kafka->create_topic("waybill.orders", 3, {});
  kafka->create_topic("waybill.users", 3, {});
  const Settings standard;
  for (auto& [service, address] : settings.upstreams) {
    if (address != standard.upstreams.at(service)) continue;  // the test has its own idea
    address = "127.0.0.1:" + std::to_string(upstream_server_.port());
  }
  settings.access_log = "off";
  const Surroundings around{thread_.io, contract_, *rabbit, *kafka, cache, limiter, health};
  gateway_ = std::make_unique<Gateway>(around, settings, "127.0.0.1:0");
  asio::post(thread_.io, [this] { upstream_server_.start(); });
  gateway_->start();
  client_ = std::make_unique<web::Client>(thread_.io, "127.0.0.1:" + std::to_string(port()));
  if (!testing::eventually(std::chrono::seconds{5}, [this] { return cache.is_connected(); })) {
    throw std::runtime_error{"Redis does not answer at WAYBILL_REDIS_URL"};
  }
}

Platform::~Platform() {
  gateway_->stop(std::chrono::milliseconds{200});
  thread_.stop();  // before anything that it uses goes
}

void Platform::on_io(const std::function<void(Gateway&)>& work) {
  runtime::call_on(thread_.io, [&] { work(*gateway_); });
}

std::future<web::Response> Platform::send(const std::string& method, const std::string& target,
                                          const std::string& body, HeaderList headers) {
  web::ClientRequest request;
  request.method = method;
  request.target = target;
  request.body = body;
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  if (!body.empty() && !request.headers.has("Content-Type")) {
    request.headers.add("Content-Type", "application/json");
  }
  auto answer = asio::co_spawn(thread_.io, client_->send(std::move(request)), asio::use_future);
  return std::async(std::launch::async, [answer = std::move(answer)]() mutable {
    return std::move(answer.get().value());
  });
}

web::Response Platform::ask(const std::string& method, const std::string& target,
                            const std::string& body, HeaderList headers) {
  return send(method, target, body, headers).get();
}

messaging::Consumer& Platform::consumer(const std::string& queue) {
  auto& entry = consumers_[queue];
  if (!entry) entry = rabbit->make_consumer(command_queue(queue));
  return *entry;
}

messaging::Message Platform::take_command(const std::string& queue) {
  const auto deliveries = consumer(queue).take(1, std::chrono::seconds{5});
  if (deliveries.empty()) throw std::runtime_error{"no command came to " + queue};
  consumer(queue).ack(std::array{deliveries.front().tag});
  return deliveries.front().message;
}

bool Platform::has_command(const std::string& queue) {
  return !consumer(queue).take(1, std::chrono::milliseconds{0}).empty();
}

void Platform::reply(const messaging::Message& command, int status, const std::string& body,
                     std::int64_t version, const std::string& location) {
  common::v1::Outcomes outcomes;
  auto& outcome = *outcomes.add_outcomes();
  outcome.set_command_id(command.message_id);
  outcome.set_status(status);
  outcome.set_body(body);
  if (version) outcome.set_version(version);
  if (!location.empty()) outcome.set_location(location);
  messaging::OutgoingMessage out;
  out.to.routing_key = command.reply_to;
  out.message.body = outcomes.SerializeAsString();
  replies_->publish_all({out});
}

void Platform::tell_order(const Id& id, std::int64_t version, const std::string& status) {
  order::v1::OrderPaid paid;
  paid.mutable_order()->set_id(id.to_string());
  paid.mutable_order()->set_version(version);
  paid.mutable_order()->set_status(status);
  messaging::Event event;
  event.topic = "waybill.orders";
  event.key = id.to_string();
  event.value = paid.SerializeAsString();
  event.headers["ce_type"] = paid.GetTypeName();
  event.headers["ce_version"] = std::to_string(version);
  events_->produce(std::array{event});
}

std::string member(const web::Response& response, std::string_view name) {
  const auto body = boost::json::parse(response.body);
  const auto* value = body.as_object().if_contains(name);
  if (!value) return "(absent)";
  return value->is_string() ? std::string{value->get_string()} : boost::json::serialize(*value);
}

std::string order_json(const Id& id, std::int64_t version, const std::string& status) {
  order::v1::Order order;
  order.set_id(id.to_string());
  order.set_version(version);
  order.set_status(status);
  return contract::to_json(order);
}

EventStream::EventStream(std::uint16_t port, const std::string& path, const std::string& headers) {
  socket_.connect({asio::ip::make_address("127.0.0.1"), port});
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
  asio::write(socket_, asio::buffer(request));
}

std::string EventStream::read_until(const std::string& text) {
  asio::steady_timer timeout{io_, std::chrono::seconds{5}};
  timeout.async_wait([this](const boost::system::error_code& error) {
    if (!error) socket_.cancel();
  });
  bool ended = false;
  std::array<char, 4096> chunk{};
  while (!ended && received_.find(text) == std::string::npos) {
    socket_.async_read_some(asio::buffer(chunk),
                            [&](const boost::system::error_code& error, std::size_t size) {
                              received_.append(chunk.data(), size);
                              ended = static_cast<bool>(error);
                              timeout.cancel();
                            });
    io_.restart();
    io_.run();
    timeout.expires_after(std::chrono::seconds{5});
    timeout.async_wait([this](const boost::system::error_code& error) {
      if (!error) socket_.cancel();
    });
  }
  return received_;
}

}  // namespace waybill::gateway
