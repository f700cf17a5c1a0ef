#include "libs/trace/exporter.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/web/client.hpp"

namespace waybill::trace {
namespace {

constexpr std::size_t kMostWaiting = 8'192;
constexpr std::chrono::seconds kEvery{1};
constexpr std::chrono::seconds kPatience{2};

void count(const char* outcome, std::size_t spans) {
  metrics::counter("trace_spans_total", "Spans, by what became of them.", {{"outcome", outcome}})
      .add(static_cast<double>(spans));
}

web::awaitable<bool> post(web::Client& client, std::string body) {
  web::ClientRequest request;
  request.method = "POST";
  request.target = "/v1/traces";
  request.headers.set("Content-Type", "application/json");
  request.body = std::move(body);
  const auto answer = co_await client.send(std::move(request));
  co_return answer.has_value() && answer->status / 100 == 2;
}

}  // namespace

Exporter::Exporter(std::string service, std::string receiver)
    : service_{std::move(service)},
      receiver_{std::move(receiver)},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

Exporter::~Exporter() {
  thread_.request_stop();
  thread_.join();
}

void Exporter::take(Finished span) {
  const std::lock_guard lock{mutex_};
  if (waiting_.size() >= kMostWaiting) {
    count("dropped", 1);
    return;
  }
  waiting_.push_back(std::move(span));
}

void Exporter::run(const std::stop_token& stop) {
  bool ending = false;
  while (!ending) {
    std::vector<Finished> spans;
    {
      std::unique_lock lock{mutex_};
      arrived_.wait_for(lock, stop, kEvery, [] { return false; });
      ending = stop.stop_requested();
      spans.swap(waiting_);
    }
    if (spans.empty()) continue;
    const bool sent = send(spans);
    count(sent ? "sent" : "lost", spans.size());
    if (!sent && !was_away_) log::warn("trace.receiver_away", {{"receiver", receiver_}});
    was_away_ = !sent;
  }
}

bool Exporter::send(const std::vector<Finished>& spans) {
  boost::asio::io_context io{1};
  web::ClientOptions options;
  options.request_time = kPatience;
  web::Client client{io, receiver_, options};
  auto sending =
      boost::asio::co_spawn(io, post(client, to_otlp(service_, spans)), boost::asio::use_future);
  io.run();
  return sending.get();
}

}  // namespace waybill::trace
