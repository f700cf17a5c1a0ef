// The answer of one server as the body of a request to another.
#include "libs/web/pipe.hpp"

#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;

namespace {

awaitable<Result<Response>> carry(boost::asio::io_context& io, Client& from, Client& to,
                                  std::string target) {
  ClientRequest download;
  download.target = "/big";
  auto found = co_await from.open(std::move(download));
  if (!found) co_return found.error();
  const auto pipe = std::make_shared<Pipe>(io, std::nullopt);
  const PipeEnd end{pipe};
  pipe->run(found->stream);
  ClientRequest upload;
  upload.method = "POST";
  upload.target = std::move(target);
  upload.source = pipe.get();
  auto answer = co_await to.open(std::move(upload));
  if (!answer) co_return answer.error();
  answer->body = co_await collect(*answer, 1'000'000);
  answer->stream = nullptr;
  co_return answer;
}

}  // namespace

TEST_CASE("an answer's stream becomes a request's body, piece by piece", "[web][pipe]") {
  TestServer source, sink;
  IoThread thread;
  ThreadClient from{thread, source.address()}, to{thread, sink.address()};
  const auto answer = thread.wait_for(carry(thread.io, *from, *to, "/upload"));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body.find("4000000") != std::string::npos);
  CHECK(sink.handler().largest_piece < 1'000'000);
}

TEST_CASE("a reader who wants no more ends the stream", "[web][pipe]") {
  TestServer source, sink;
  IoThread thread;
  ThreadClient from{thread, source.address()}, to{thread, sink.address()};
  const auto answer = thread.wait_for(carry(thread.io, *from, *to, "/upload/refused"));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 413);
}
