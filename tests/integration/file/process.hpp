// One process of the file service in miniature: the direct API with its store, over the test's
// database, brokers in memory and a real Redis.
#pragma once

#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "libs/blob/s3.hpp"
#include "libs/core/digest.hpp"
#include "libs/testing/surroundings.hpp"
#include "libs/testing/testing.hpp"
#include "services/file/commands/commands.hpp"
#include "services/file/direct/direct_api.hpp"
#include "services/file/queries/queries.hpp"
#include "services/file/timers/sweep.hpp"

namespace waybill::file::test {

inline testing::FreshDatabase& database() {
  static testing::FreshDatabase fresh{"file"};
  return fresh;
}

// Where bytes are kept: each test case runs once per store.
struct Folder {
  Folder() : store{blob::make_folder_store(path)} {}
  ~Folder() { std::filesystem::remove_all(path); }

  const std::string path =
      (std::filesystem::temp_directory_path() / ("files-" + new_id().to_string())).string();
  const std::unique_ptr<blob::Store> store;
};

struct S3 {
  S3() : store{blob::make_s3_store(options())} {}
  static blob::S3Options options() {
    blob::S3Options made;
    made.endpoint = testing::environment("WAYBILL_S3_ENDPOINT");
    made.access_key = testing::environment("WAYBILL_S3_ACCESS_KEY");
    made.secret_key = config::Secret{testing::environment("WAYBILL_S3_SECRET_KEY")};
    made.bucket = "files-" + new_id().to_string().substr(24);
    return made;
  }

  const std::unique_ptr<blob::Store> store;
};

// Gives a text in pieces, and may break off.
class Pieces final : public web::BodySource {
 public:
  explicit Pieces(std::string text) : text_{std::move(text)} {}
  web::awaitable<std::string> read() override {
    std::string piece = text_.substr(at_, 50'000);
    at_ += piece.size();
    if (at_ > breaks_at) throw web::BodyBroken{0, "body-cut", "the client has gone"};
    co_return piece;
  }
  std::optional<std::uint64_t> length() const override { return text_.size(); }

  std::size_t breaks_at = std::string::npos;

 private:
  const std::string text_;
  std::size_t at_ = 0;
};

class Collected final : public web::StreamWriter {
 public:
  web::awaitable<bool> write(std::string chunk) override {
    bytes += chunk;
    co_return true;
  }
  bool is_open() const override { return true; }
  std::string bytes;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

inline const Caller kStaff{std::nullopt, Role::staff};

class Process {
 public:
  explicit Process(blob::Store& store, direct::Options options = {})
      : links{link_options()},
        store_{store},
        connection_{database().options()},
        api{around_.io,
            options,
            links,
            store_,
            database().options(),
            [this](pg::Connection& connection, const outbox::DirectCommand& command,
                   const auto& work) { return around_.run_direct(connection, command, work); }},
        queries{queries::make_queries(links)} {
    around_.start();
  }

  ~Process() { around_.stop(); }

  static links::Options link_options() {
    links::Options options;
    options.base_url = "http://gateway";
    options.secret = config::Secret{"a secret for tests only"};
    return options;
  }

  // What the gateway would pass through. The answer's stream is read into its body.
  web::Response ask(const std::string& method, const std::string& target, web::BodySource* source,
                    const Caller& caller, const Fields& headers = {}, std::string body = {}) {
    auto request = std::make_unique<web::Request>();
    request->method = method;
    request->target = target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    request->path = target.substr(0, mark);
    if (mark < target.size()) request->query = web::parse_query(target.substr(mark + 1)).value();
    request->source = source;
    request->body = std::move(body);
    request->trace.correlation_id = "test";
    request->headers.set("Waybill-Caller", to_header(caller));
    for (const auto& [name, value] : headers) request->headers.set(name, value);
    return boost::asio::co_spawn(around_.io, answer(api, std::move(request)),
                                 boost::asio::use_future)
        .get();
  }

  Result<web::Response> query(const std::string& path, const Fields& parameters = {},
                              const Caller& caller = kStaff) {
    web::Request request;
    request.method = "GET";
    request.path = request.target = path;
    request.query = parameters;
    const auto match = queries.routes().match("GET", path);
    pg::Session session{connection_};
    return match.value->handler(session, {request, match.params, caller});
  }

  // One command as a batch of its own.
  template <class Message, class Handler>
  outbox::Outcome decide(const Handler& handler, const Message& body, const Caller& caller,
                         const Id& id = new_id()) {
    outbox::Command<Message> command;
    command.cause.command_id = id;
    command.cause.caller = caller;
    command.body = body;
    command.now = now();
    pg::Connection connection{database().options()};
    pg::Tx tx{connection};
    outbox::Writer out;
    const auto outcomes = handler(tx, commands::Batch<Message>{&command, 1}, out);
    tx.commit();
    return outcomes.at(0);
  }

  // A question over the queue.
  template <class Message>
  outbox::Outcome question(const Message& body, const Caller& caller) {
    outbox::Handlers handlers;
    queries::add_message_queries(handlers, links);
    outbox::Cause cause;
    cause.caller = caller;
    const auto* handler = handlers.find_query(Message::descriptor()->full_name());
    pg::Session session{connection_};
    return (*handler)(session, {cause, body.SerializeAsString(), now()});
  }

  // Sweeps what is unused, however young.
  void sweep() {
    while (timers::sweep(connection_, store_, now() + std::chrono::hours{1})) {
    }
  }

  std::int64_t count(const pg::Statement& statement, const std::string& param) {
    pg::Session session{connection_};
    return session.exec(statement, param)[0].integer(0);
  }

  const links::Links links;

 private:
  static async::awaitable<web::Response> answer(direct::DirectApi& api,
                                                std::unique_ptr<web::Request> request) {
    web::Response response = co_await api.handle(*request);
    if (!response.stream || request->method == "HEAD") co_return response;
    Collected collected;
    co_await response.stream->run(collected);
    response.body = std::move(collected.bytes);
    co_return response;
  }

  blob::Store& store_;
  pg::Connection connection_;
  testing::Surroundings around_{"file", database().options(), "waybill.files"};

 public:
  direct::DirectApi api;
  runtime::Queries queries;
};

}  // namespace waybill::file::test
