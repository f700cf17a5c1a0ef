// Bytes that pass through as they come (x-stream).
#include <fstream>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"
#include "tests/unit/contract/fixture.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr const char* kContent = "/v1/things/content";

contract::Contract stream_contract() {
  contract::Files files;
  files.add("order", R"(
paths:
  /v1/things/content:
    get:
      operationId: getContent
      x-access: public
      x-limit: none
      x-stream: {service: order}
      responses: {'200': {description: Bytes.}}
    put:
      operationId: putContent
      x-access: customer
      x-limit: none
      x-stream: {service: order, bytes: 300000000}
      parameters:
        - {name: name, in: query, schema: {type: string, maxLength: 5}}
      requestBody: {required: true, content: {'*/*': {schema: {type: string, format: binary}}}}
      responses: {'200': {description: Stored.}}
  /v1/things/content/refused:
    put:
      operationId: putRefused
      x-access: public
      x-limit: none
      x-stream: {service: order, bytes: 300000000}
      requestBody: {required: true, content: {'*/*': {schema: {type: string, format: binary}}}}
      responses: {'200': {description: Stored.}}
)");
  return files.load();
}

// So many bytes in pieces.
class Zeros final : public web::BodyStream {
 public:
  explicit Zeros(std::uint64_t size) : size_{size} {}
  web::awaitable<void> run(web::StreamWriter& out) override {
    for (std::uint64_t sent = 0; sent < size_; sent += kPiece) {
      const bool open = co_await out.write(std::string(kPiece, '\0'));
      if (!open) co_return;
    }
  }

 private:
  static constexpr std::uint64_t kPiece = 50'000;
  const std::uint64_t size_;
};

// A client that sends and takes any amount.
class Plain {
 public:
  explicit Plain(std::uint16_t port) { socket_.connect({asio::ip::address_v4::loopback(), port}); }
  void send(std::string_view bytes) {
    boost::system::error_code gone;
    asio::write(socket_, asio::buffer(bytes), gone);
  }
  // The head of the answer; what came behind it counts as body.
  std::string head() {
    std::array<char, 4096> buffer;
    while (received_.find("\r\n\r\n") == std::string::npos) {
      received_.append(buffer.data(), socket_.read_some(asio::buffer(buffer)));
    }
    const std::size_t end = received_.find("\r\n\r\n") + 4;
    body_ = received_.size() - end;
    return received_.substr(0, end);
  }
  std::uint64_t read_body(std::uint64_t size) {
    std::vector<char> buffer(64 * 1024);
    while (body_ < size) body_ += socket_.read_some(asio::buffer(buffer));
    return body_;
  }
  void close() { socket_.close(); }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_{io_};
  std::string received_;
  std::uint64_t body_ = 0;
};

std::string put(std::uint64_t length, std::string_view path = kContent) {
  return fmt::format("PUT {} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", path, length);
}

std::uint64_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::uint64_t whole = 0, resident = 0;
  in >> whole >> resident;
  return resident * 4096;
}

}  // namespace

TEST_CASE("a body passes through in constant memory", "[gateway][stream]") {
  constexpr std::uint64_t kSize = 250'000'000;
  Platform platform{for_trials(), stream_contract()};
  platform.upstream.put(kContent, {200, "application/json", R"({"ok":true})"});
  Plain client{platform.port()};
  client.send(put(kSize));
  const std::string piece(1'000'000, 'x');
  for (int i = 0; i < 20; ++i) client.send(piece);
  const std::uint64_t before = resident_bytes();
  for (std::uint64_t sent = 20'000'000; sent < kSize; sent += piece.size()) client.send(piece);
  CHECK_THAT(client.head(), Catch::StartsWith("HTTP/1.1 200"));
  CHECK(platform.upstream.streamed_bytes == kSize);
  CHECK(resident_bytes() < before + 16 * 1024 * 1024);
}

TEST_CASE("an answer passes through in constant memory", "[gateway][stream]") {
  constexpr std::uint64_t kSize = 250'000'000;
  Platform platform{for_trials(), stream_contract()};
  web::Response large{200, "video/mp4", ""};
  large.headers.add("Content-Length", std::to_string(kSize));
  large.headers.add("Content-Disposition", "inline");
  large.headers.add("Accept-Ranges", "bytes");
  large.headers.add("X-Content-Type-Options", "nosniff");
  large.stream = std::make_shared<Zeros>(kSize);
  platform.upstream.put(kContent, large);
  Plain client{platform.port()};
  client.send("GET /v1/things/content HTTP/1.1\r\nHost: a\r\nRange: bytes=1-\r\n\r\n");
  const std::string head = client.head();
  for (const char* line : {"Content-Length: 250000000", "Content-Disposition: inline",
                           "Accept-Ranges: bytes", "X-Content-Type-Options: nosniff"}) {
    CHECK_THAT(head, Catch::Contains(line));
  }
  client.read_body(20'000'000);
  const std::uint64_t before = resident_bytes();
  CHECK(client.read_body(kSize) == kSize);
  CHECK(resident_bytes() < before + 16 * 1024 * 1024);
  const web::Headers asked = platform.upstream.headers_of(kContent);
  CHECK(asked.get("Range") == "bytes=1-");
  CHECK(asked.get("Waybill-Caller") == "ops -");
}

TEST_CASE("what the service refuses at once reaches the client, who may stop",
          "[gateway][stream]") {
  Platform platform{for_trials(), stream_contract()};
  const std::string path = std::string{kContent} + "/refused";
  platform.upstream.put(path, {415, "application/problem+json", R"({"code":"unsupported-type"})"});
  Plain client{platform.port()};
  client.send(put(200'000'000, path));
  client.send(std::string(1'000'000, 'x'));
  const std::string head = client.head();
  CHECK_THAT(head, Catch::StartsWith("HTTP/1.1 415"));
  CHECK_THAT(head, Catch::Contains("Connection: close"));
}

TEST_CASE("a client that goes within its body breaks it for the service", "[gateway][stream]") {
  Platform platform{for_trials(), stream_contract()};
  Plain client{platform.port()};
  client.send(put(1'000'000));
  client.send(std::string(500'000, 'x'));
  client.close();
  CHECK(testing::eventually(5s, [&] { return platform.upstream.broken_bodies == 1; }));
}

TEST_CASE("a body beyond the contract's limit, a wrong parameter or a missing role cost no reading",
          "[gateway][stream]") {
  Platform platform{for_trials(), stream_contract()};
  Plain large{platform.port()};
  large.send(put(300'000'001));
  CHECK_THAT(large.head(), Catch::StartsWith("HTTP/1.1 413"));
  Plain wrong{platform.port()};
  wrong.send(put(1'000, std::string{kContent} + "?name=too+long"));
  CHECK_THAT(wrong.head(), Catch::StartsWith("HTTP/1.1 400"));
  CHECK(platform.upstream.asked(kContent) == 0);
}

TEST_CASE("a service that is away is a 503", "[gateway][stream]") {
  Settings settings = for_trials();
  settings.upstreams["order"] = "127.0.0.1:1";
  Platform platform{settings, stream_contract()};
  Plain client{platform.port()};
  client.send(put(1'000'000));
  CHECK_THAT(client.head(), Catch::StartsWith("HTTP/1.1 503"));
}

TEST_CASE("x-stream with a body says how large it may be", "[gateway][stream]") {
  contract::Files files;
  files.add("order", R"(
paths:
  /v1/x:
    put:
      operationId: put
      x-access: public
      x-limit: none
      x-stream: {service: order}
      requestBody: {content: {'*/*': {schema: {type: string}}}}
      responses: {'200': {description: Stored.}}
)");
  CHECK_THAT(files.load_error(), Catch::Contains("x-stream needs 'bytes'"));
}
