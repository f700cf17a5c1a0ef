#include "libs/runtime/backend.hpp"

#include <boost/asio/use_future.hpp>

#include "libs/contract/contract.hpp"
#include "libs/outbox/operations.hpp"
#include "libs/runtime/io_call.hpp"
#include "libs/runtime/read_api.hpp"
#include "libs/trace/trace.hpp"
#include "libs/web/server.hpp"

namespace waybill::runtime {
namespace {

std::string_view name(outbox::Operation::Status status) {
  switch (status) {
    case outbox::Operation::Status::pending:
      return "pending";
    case outbox::Operation::Status::succeeded:
      return "succeeded";
    case outbox::Operation::Status::failed:
      return "failed";
  }
  return "pending";
}

// GET /operations/{id}, for the gateway: {status, caller, body, created_at, finished_at}; 404: not
// taken from the queue yet.
Result<web::Response> find_operation(pg::Session& session, const Query& query) {
  const auto operation = outbox::find_operation(session, query.id());
  if (!operation) return not_found("The inbox knows no such command.");
  boost::json::object json{{"status", name(operation->status)},
                           {"caller", operation->caller},
                           {"body", operation->body},
                           {"created_at", to_rfc3339(operation->created_at)}};
  json["finished_at"] = operation->finished_at
                            ? boost::json::value(to_rfc3339(*operation->finished_at))
                            : boost::json::value(nullptr);
  return web::json_response(200, json);
}

outbox::ProcessorOptions processor_options(const Runtime& runtime) {
  outbox::ProcessorOptions options;
  options.queue = runtime.name();
  options.batch = static_cast<std::size_t>(runtime.settings().command_batch);
  options.workers = static_cast<std::size_t>(runtime.settings().command_workers);
  options.pace = runtime.settings().command_pace;
  options.retries = messaging::QueueOptions{}.retries;
  return options;
}

// Two to four batches under way keep a worker busy without piling messages up in one process.
messaging::QueueOptions queue_options(const Runtime& runtime) {
  messaging::QueueOptions options;
  options.name = runtime.name();
  options.prefetch = static_cast<std::uint16_t>(std::min<std::int64_t>(
      runtime.settings().command_batch * (1 + runtime.settings().command_workers), 2'000));
  return options;
}

outbox::JsonDecoder json_decoder(Runtime& runtime) {
  const contract::Contract& contract = runtime.contract();
  return [&contract](std::string& type, std::string_view json) {
    return contract.decode_command(type, json);
  };
}

// Queries go to the read API, the rest to whoever takes it.
class FrontDoor final : public web::Handler {
 public:
  FrontDoor(const Queries& queries, web::Handler& reads, web::Handler* writes)
      : queries_{queries}, reads_{reads}, writes_{writes} {}

  web::awaitable<web::Response> handle(web::Request& request) override {
    trace::Span span{request.method, trace::Kind::server, request.trace.traceparent};
    span.set("url.path", request.path);
    span.hand_on(request.trace.traceparent);
    const bool is_query =
        !writes_ || queries_.routes().match(request.method, request.path).value != nullptr;
    web::Handler& handler = is_query ? reads_ : *writes_;
    web::Response response = co_await handler.handle(request);
    span.set("http.response.status_code", std::to_string(response.status));
    if (response.status >= 500) span.failed();
    co_return response;
  }
  std::optional<std::uint64_t> streams(const web::Request& request) const override {
    return writes_ ? writes_->streams(request) : std::nullopt;
  }

 private:
  const Queries& queries_;
  web::Handler& reads_;
  web::Handler* writes_;
};

}  // namespace

struct Backend::Impl {
  Impl(Runtime& of, const outbox::Handlers& handlers, const Queries& queries, web::Handler* writes)
      : runtime{of},
        cache{of.cache()},
        publisher{of.rabbit().make_publisher(of.name())},
        consumer{of.rabbit().make_consumer(queue_options(of))},
        relays{of.name(), of.database(), of.kafka(), of.rabbit()},
        read_api{of.io(), queries, of.database(),
                 static_cast<std::size_t>(of.settings().query_threads), cache},
        front_door{queries, read_api, writes},
        server{of.io(), of.settings().http_listen, front_door},
        processor{processor_options(of),
                  handlers,
                  json_decoder(of),
                  of.database(),
                  *consumer,
                  *publisher,
                  cache,
                  relays} {}

  Runtime& runtime;
  cache::Cache& cache;
  std::unique_ptr<messaging::Publisher> publisher;
  std::unique_ptr<messaging::Consumer> consumer;
  outbox::Relays relays;
  ReadApi read_api;
  FrontDoor front_door;
  web::Server server;
  outbox::Processor processor;  // intake: last up, first down
};

Backend::Backend(Runtime& runtime, const outbox::Handlers& handlers, Queries& queries,
                 web::Handler* writes)
    : impl_{std::make_unique<Impl>(runtime, handlers, queries, writes)} {
  queries.get("/operations/{id}", find_operation);
  Impl& impl = *impl_;
  runtime.health().add_optional("rabbitmq", [&impl] { return impl.consumer->is_connected(); });
  runtime.health().add_optional("kafka", [&runtime] { return runtime.kafka().is_connected(); });
  runtime.health().add_optional("redis", [&impl] { return impl.cache.is_connected(); });
}

Backend::~Backend() = default;

void Backend::start() {
  impl_->relays.start();
  call_on(impl_->runtime.io(), [this] { impl_->server.start(); });
  impl_->processor.start();
}

void Backend::stop() {
  impl_->processor.stop();
  auto drained = impl_->server.drain(impl_->runtime.settings().drain_time);
  boost::asio::co_spawn(impl_->runtime.io(), std::move(drained), boost::asio::use_future).get();
  impl_->relays.stop();
}

void Backend::transact(pg::Connection& connection,
                       const std::function<void(pg::Tx&, outbox::Writer&)>& work) {
  outbox::run_transaction(connection, impl_->cache, *impl_->publisher, impl_->relays, work);
}

common::v1::Outcome Backend::run_direct(
    pg::Connection& connection, const outbox::DirectCommand& command,
    const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>& work) {
  return outbox::run_direct(connection, impl_->cache, *impl_->publisher, impl_->relays, command,
                            work);
}

}  // namespace waybill::runtime
