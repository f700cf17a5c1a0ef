#include "libs/testing/tcp_gate.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"

using namespace waybill;
using boost::asio::ip::tcp;
using boost::system::error_code;
using testing::eventually;
using testing::LinkPlan;
using testing::TcpGate;

namespace {

// A client, the gate, and the server's end of the connection.
class Line {
 public:
  Line() : gate{"127.0.0.1", listener_.local_endpoint().port()} {}

  void connect() {
    client.connect({boost::asio::ip::address_v4::loopback(), gate.port()});
    server = listener_.accept();
  }

  // What the server can read until the connection ends.
  std::string everything() {
    std::string bytes;
    error_code end;
    boost::asio::read(server, boost::asio::dynamic_buffer(bytes), end);
    return bytes;
  }

  std::string read(std::size_t size) {
    std::string bytes(size, ' ');
    boost::asio::read(server, boost::asio::buffer(bytes));
    return bytes;
  }

  void write(const std::string& bytes) { boost::asio::write(client, boost::asio::buffer(bytes)); }

 private:
  boost::asio::io_context io_;
  tcp::acceptor listener_{io_, {boost::asio::ip::address_v4::loopback(), 0}};

 public:
  TcpGate gate;
  tcp::socket client{io_};
  tcp::socket server{io_};
};

}  // namespace

TEST_CASE("a gate without a plan passes on what comes", "[gate]") {
  Line line;
  line.connect();
  line.write("hello");
  CHECK(line.read(5) == "hello");
  CHECK(line.gate.connections() == 1);
  line.client.close();
  CHECK(line.everything().empty());
  CHECK(eventually(seconds{5}, [&] { return line.gate.connections() == 0; }));
}

TEST_CASE("the connection that carries byte N ends with it, and only that one", "[gate]") {
  Line line;
  LinkPlan plan;
  plan.up.cut_after = 7;
  line.gate.apply(plan);
  line.connect();
  line.write("hello");
  CHECK(line.read(5) == "hello");
  line.write("world");
  CHECK(line.everything() == "wo");
  line.client.close();
  line.connect();
  line.write("hello again");
  CHECK(line.read(11) == "hello again");
}

TEST_CASE("bytes come later, in slices and slowly, but all of them", "[gate]") {
  Line line;
  LinkPlan plan;
  plan.up.delay = milliseconds{5};
  plan.up.slice = 3;
  plan.up.bytes_per_second = 2'000;
  line.gate.apply(plan);
  line.connect();
  const auto began = std::chrono::steady_clock::now();
  line.write("0123456789");
  CHECK(line.read(10) == "0123456789");
  CHECK(std::chrono::steady_clock::now() - began >= milliseconds{20});
}

TEST_CASE("what a swallowing gate has taken arrives when it is calm again", "[gate]") {
  Line line;
  LinkPlan plan;
  plan.up.swallow = true;
  line.gate.apply(plan);
  line.connect();
  line.write("patience");
  error_code nothing;
  line.server.non_blocking(true);
  std::array<char, 8> buffer;
  line.server.read_some(boost::asio::buffer(buffer), nothing);
  CHECK(nothing == boost::asio::error::would_block);
  line.server.non_blocking(false);
  line.gate.apply({});
  CHECK(line.read(8) == "patience");
}

TEST_CASE("a gate that refuses breaks new connections and keeps the old ones", "[gate]") {
  Line line;
  line.connect();
  LinkPlan plan;
  plan.refuse = true;
  line.gate.apply(plan);
  boost::asio::io_context io;
  tcp::socket second{io};
  error_code broken;
  second.connect({boost::asio::ip::address_v4::loopback(), line.gate.port()}, broken);
  std::array<char, 1> buffer;
  if (!broken) second.read_some(boost::asio::buffer(buffer), broken);
  CHECK(broken);
  line.write("still here");
  CHECK(line.read(10) == "still here");
}

TEST_CASE("a cut is a reset, a hang-up an end", "[gate]") {
  const bool polite = GENERATE(false, true);
  Line line;
  line.connect();
  line.write("x");
  CHECK(line.read(1) == "x");
  polite ? line.gate.hang_up() : line.gate.cut();
  std::array<char, 1> buffer;
  error_code end;
  line.client.read_some(boost::asio::buffer(buffer), end);
  const error_code wanted = polite ? error_code{boost::asio::error::eof}
                                   : error_code{boost::asio::error::connection_reset};
  CHECK(end == wanted);
}
