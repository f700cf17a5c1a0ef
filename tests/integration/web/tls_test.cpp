#include <filesystem>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "libs/core/id.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;
namespace ssl = boost::asio::ssl;

namespace {

// A key and a certificate that it has signed itself, in files that go with the object.
class Certificate {
 public:
  explicit Certificate(const std::string& name) {
    std::filesystem::create_directories(folder_);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free};
    const std::unique_ptr<X509, decltype(&X509_free)> made{X509_new(), X509_free};
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made.get(), subject);
    X509_sign(made.get(), key.get(), EVP_sha256());
    write(certificate_file(), [&](BIO* out) { PEM_write_bio_X509(out, made.get()); });
    write(key_file(), [&](BIO* out) {
      PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string certificate_file() const { return (folder_ / "tls.crt").string(); }
  std::string key_file() const { return (folder_ / "tls.key").string(); }
  std::shared_ptr<const Tls> load() const { return Tls::load(certificate_file(), key_file()); }

 private:
  template <class Content>
  static void write(const std::string& file, Content content) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new_file(file.c_str(), "w"), BIO_free};
    content(out.get());
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("waybill-tls-" + new_id().to_string());
};

// While it lives, the system's authorities are this certificate (OpenSSL reads the variable).
class Trust {
 public:
  explicit Trust(const Certificate& certificate) {
    setenv("SSL_CERT_FILE", certificate.certificate_file().c_str(), 1);
  }
  ~Trust() { unsetenv("SSL_CERT_FILE"); }
  Trust(const Trust&) = delete;
  Trust& operator=(const Trust&) = delete;
};

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, const char* alpn = nullptr, int highest = 0) {
    if (highest) SSL_set_max_proto_version(stream_.native_handle(), highest);
    stream_.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), port});
    if (alpn) {
      std::string offer(1, static_cast<char>(std::strlen(alpn)));
      offer += alpn;
      SSL_set_alpn_protos(stream_.native_handle(),
                          reinterpret_cast<const unsigned char*>(offer.data()),
                          static_cast<unsigned>(offer.size()));
    }
    stream_.handshake(ssl::stream_base::client, refused);
  }

  void send(const std::string& bytes) { boost::asio::write(stream_, boost::asio::buffer(bytes)); }
  // What comes until the text; ends with the connection.
  std::string receive_until(const std::string& end) {
    boost::system::error_code error;
    std::array<char, 64 * 1024> chunk;
    while (!error && received_.find(end) == std::string::npos) {
      received_.append(chunk.data(), stream_.read_some(boost::asio::buffer(chunk), error));
    }
    return std::exchange(received_, {});
  }
  std::string name_of_server() {
    const std::unique_ptr<X509, decltype(&X509_free)> peer{
        SSL_get1_peer_certificate(stream_.native_handle()), X509_free};
    std::array<char, 100> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(), 100);
    return name.data();
  }
  std::string version() { return SSL_get_version(stream_.native_handle()); }
  std::string protocol() {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(stream_.native_handle(), &name, &length);
    return {reinterpret_cast<const char*>(name), length};
  }

  boost::system::error_code refused;

 private:
  boost::asio::io_context io_;
  ssl::context context_{ssl::context::tls_client};
  ssl::stream<boost::asio::ip::tcp::socket> stream_{io_, context_};
  std::string received_;
};

double rejected(const std::string& reason) {
  return metrics::counter("http_requests_rejected_total", "", {{"reason", reason}}).value();
}

}  // namespace

TEST_CASE("requests travel through TLS", "[web][tls]") {
  const Certificate certificate{"first"};
  TestServer server;
  server.set_tls(certificate.load());
  TlsClient client{server.port(), "http/1.1"};
  REQUIRE_FALSE(client.refused);
  CHECK(client.version() == "TLSv1.3");
  CHECK(client.protocol() == "http/1.1");
  client.send(get("/a") + get("/b"));
  const std::string both = client.receive_until("GET /b ");
  CHECK(count_answers(both) == 2);
  client.send(post("/c", std::string(500'000, 'x')));
  CHECK(client.receive_until(std::string(500'000, 'x')).find("POST /c") != std::string::npos);
  client.send(get("/big"));
  CHECK(client.receive_until(std::string(4'000'000, 'x')).size() > 4'000'000);
}

TEST_CASE("answers don't wait for a slow request behind them, in TLS too", "[web][tls]") {
  const Certificate certificate{"first"};
  TestServer server;
  server.set_tls(certificate.load());
  TlsClient client{server.port()};
  client.send(get("/first") + get("/gate"));
  CHECK(client.receive_until("GET /first ").find("200 OK") != std::string::npos);
  server.open_gate();
  CHECK(client.receive_until("GET /gate ").find("200 OK") != std::string::npos);
}

TEST_CASE("a stream travels through TLS", "[web][tls]") {
  const Certificate certificate{"first"};
  TestServer server;
  server.set_tls(certificate.load());
  TlsClient client{server.port()};
  client.send(get("/stream"));
  CHECK(client.receive_until("\r\n0\r\n\r\n").find("chunked") != std::string::npos);
}

TEST_CASE("old versions and other protocols are refused", "[web][tls]") {
  const Certificate certificate{"first"};
  TestServer server;
  server.set_tls(certificate.load());
  CHECK(TlsClient(server.port(), nullptr, TLS1_1_VERSION).refused);
  CHECK_FALSE(TlsClient(server.port(), nullptr, TLS1_2_VERSION).refused);
  CHECK(TlsClient(server.port(), "h2").refused);
}

TEST_CASE("a new certificate is for new connections, and old ones stay", "[web][tls]") {
  const Certificate first{"first"};
  const Certificate second{"second"};
  TestServer server;
  server.set_tls(first.load());
  TlsClient before{server.port()};
  before.send(get("/a"));
  before.receive_until("GET /a ");
  server.set_tls(second.load());
  TlsClient after{server.port()};
  CHECK(before.name_of_server() == "first");
  CHECK(after.name_of_server() == "second");
  before.send(get("/b"));
  CHECK(before.receive_until("GET /b ").find("200 OK") != std::string::npos);
}

TEST_CASE("a handshake that never ends, or is none, ends the connection", "[web][tls]") {
  const Certificate certificate{"first"};
  ServerLimits limits;
  limits.header_time = 300ms;
  TestServer server{limits};
  server.set_tls(certificate.load());
  const double slow = rejected("slow-handshake");
  RawClient silent{server.port()};
  CHECK(silent.is_closed_by_server());
  CHECK(rejected("slow-handshake") == slow + 1);
  const double broken = rejected("handshake");
  RawClient plain{server.port()};
  plain.send(get("/a"));
  CHECK(plain.receive_rest().find("HTTP/1.1") == std::string::npos);
  CHECK(rejected("handshake") == broken + 1);
}

TEST_CASE("the client speaks HTTPS with who is vouched for, under his name only", "[web][tls]") {
  const Certificate certificate{"localhost"};
  TestServer server;
  server.set_tls(certificate.load());
  const auto ask = [&](const std::string& host) {
    IoThread thread;
    ClientOptions options;
    options.tls = true;
    ThreadClient client{thread, host + ":" + std::to_string(server.port()), options};
    ClientRequest request;
    request.target = "/a";
    return thread.wait_for(client->send(std::move(request)));
  };
  CHECK_FALSE(ask("localhost").has_value());  // nobody vouches for it
  const Trust trust{certificate};
  const auto answer = ask("localhost");
  REQUIRE(answer.has_value());
  CHECK(answer->body.find("GET /a") != std::string::npos);
  CHECK_FALSE(ask("127.0.0.1").has_value());
}

TEST_CASE("large bodies travel through the client's TLS, both ways", "[web][tls]") {
  const Certificate certificate{"localhost"};
  const Trust trust{certificate};
  TestServer server;
  server.set_tls(certificate.load());
  IoThread thread;
  ClientOptions options;
  options.tls = true;
  ThreadClient client{thread, "localhost:" + std::to_string(server.port()), options};
  ClientRequest request;
  request.target = "/big";
  const auto big = thread.wait_for(client->send(request));
  REQUIRE(big.has_value());
  CHECK(big->body.size() == 4'000'000);
  request.method = "POST";
  request.target = "/c";
  request.body = std::string(500'000, 'x');
  const auto posted = thread.wait_for(client->send(std::move(request)));
  REQUIRE(posted.has_value());
  CHECK(posted->body.find(std::string(500'000, 'x')) != std::string::npos);
}

TEST_CASE("files that are no good are named", "[web][tls]") {
  const Certificate first{"first"};
  const Certificate second{"second"};
  CHECK_THROWS_WITH(Tls::load("/nothing.crt", first.key_file()), Catch::Contains("/nothing.crt"));
  CHECK_THROWS_WITH(Tls::load(first.certificate_file(), "/nothing.key"),
                    Catch::Contains("/nothing.key"));
  CHECK_THROWS_WITH(Tls::load(first.certificate_file(), second.key_file()),
                    Catch::Contains("is it the certificate's key?"));
}
