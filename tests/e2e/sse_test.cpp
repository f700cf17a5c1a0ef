#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;

namespace {

// Follows an order and keeps what comes, until the server ends the stream.
class Follower {
 public:
  explicit Follower(const std::string& path, const std::string& last_event_id = {}) {
    using boost::asio::ip::tcp;
    const std::string address = gateway_address();
    const std::size_t colon = address.rfind(':');
    tcp::resolver resolver{io_};
    boost::asio::connect(socket_,
                         resolver.resolve(address.substr(0, colon), address.substr(colon + 1)));
    std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + address +
                          "\r\nAuthorization: Bearer " + ops_token() +
                          "\r\nAccept: text/event-stream\r\nConnection: close\r\n";
    if (!last_event_id.empty()) request += "Last-Event-ID: " + last_event_id + "\r\n";
    boost::asio::write(socket_, boost::asio::buffer(request + "\r\n"));
    reader_ = std::thread{[this] { read(); }};
  }

  ~Follower() {
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    reader_.join();
  }

  // "2 CONFIRMED", "3 PAID", "end": id and status of each event so far.
  std::vector<std::string> events() {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> found;
    std::string id;
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      const std::string line = text_.substr(at, end - at);
      if (line.starts_with("id: ")) id = line.substr(4);
      if (line == "event: end") found.push_back("end");
      const std::size_t status = line.find("\"status\":\"");
      if (line.starts_with("data: ") && status != std::string::npos && found_no_end(found)) {
        const std::size_t from = status + 10;
        found.push_back(id + " " + line.substr(from, line.find('"', from) - from));
      }
      at = end + 1;
    }
    return found;
  }

  bool has_ended() const { return ended_; }

 private:
  static bool found_no_end(const std::vector<std::string>& found) {
    return found.empty() || found.back() != "end";
  }

  void read() {
    std::array<char, 4096> buffer;
    boost::system::error_code error;
    while (!error) {
      const std::size_t size = socket_.read_some(boost::asio::buffer(buffer), error);
      const std::lock_guard lock{mutex_};
      for (std::size_t i = 0; i < size; ++i) {
        if (buffer[i] != '\r') text_ += buffer[i];
      }
    }
    ended_ = true;
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  std::mutex mutex_;
  std::string text_;
  std::atomic<bool> ended_{false};
  std::thread reader_;
};

using Events = std::vector<std::string>;

}  // namespace

TEST_CASE("who follows an order sees its state, each change once, and the end", "[e2e][sse]") {
  const std::string path =
      "/v1/orders/" + place(make_customer(), {{make_product("1.00", 5), 1}}).id();
  Follower follower{path + "/events"};
  REQUIRE(
      testing::eventually(seconds{10}, [&] { return follower.events() == Events{"2 CONFIRMED"}; }));
  for (const char* status : {"PAID", "SHIPPED", "DELIVERED"}) {
    REQUIRE(patch(path, {{"status", status}}).status == 200);
  }
  CHECK(testing::eventually(seconds{10}, [&] { return follower.has_ended(); }));
  CHECK(follower.events() == Events{"2 CONFIRMED", "3 PAID", "4 SHIPPED", "5 DELIVERED", "end"});
}

TEST_CASE("who comes back sees only what is newer", "[e2e][sse]") {
  const std::string path =
      "/v1/orders/" + place(make_customer(), {{make_product("1.00", 5), 1}}).id();
  REQUIRE(patch(path, {{"status", "PAID"}}).status == 200);
  Follower same{path + "/events", "3"};
  Follower older{path + "/events", "2"};
  CHECK(testing::eventually(seconds{10}, [&] { return older.events() == Events{"3 PAID"}; }));
  REQUIRE(patch(path, {{"status", "SHIPPED"}}).status == 200);
  CHECK(testing::eventually(seconds{10}, [&] { return same.events() == Events{"4 SHIPPED"}; }));
  CHECK(testing::eventually(seconds{10}, [&] {
    return older.events() == Events{"3 PAID", "4 SHIPPED"};
  }));
}

TEST_CASE("an order that has ended gives its state and the end", "[e2e][sse]") {
  const std::string path =
      "/v1/orders/" + place(make_customer(), {{make_product("1.00", 5), 1}}).id();
  REQUIRE(post(path + "/cancel", boost::json::object{}).status == 200);
  Follower follower{path + "/events"};
  CHECK(testing::eventually(seconds{10}, [&] { return follower.has_ended(); }));
  CHECK(follower.events() == Events{"3 CANCELED", "end"});
}

TEST_CASE("an order that is not there can't be followed", "[e2e][sse]") {
  CHECK(get("/v1/orders/" + new_id().to_string() + "/events").status == 404);
}
