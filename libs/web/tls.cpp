#include "libs/web/tls.hpp"

#include <stdexcept>

#include <boost/asio/ssl/impl/src.hpp>

#include "libs/web/tls_impl.hpp"

namespace waybill::web {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

// Of TLS 1.2; those of 1.3 are all fine.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

// Takes http/1.1 if the client offers it, and ends the handshake where it offers only others: it
// would speak something that nobody here understands.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, length, kOurs, sizeof kOurs - 1, offered, offered_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

void harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kCiphers);
  // A client that renegotiates makes the server work for nothing.
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // idle connections cost little
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

[[noreturn]] void fail(const std::string& file, const std::string& why) {
  throw std::runtime_error("TLS: " + file + ": " + why);
}

}  // namespace

Tls::Tls(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Tls::~Tls() = default;

std::chrono::system_clock::time_point Tls::expires() const {
  std::tm time{};
  ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(impl_->context.native_handle())),
                  &time);
  return std::chrono::system_clock::from_time_t(timegm(&time));
}

std::shared_ptr<const Tls> Tls::load(const std::string& certificate_file,
                                     const std::string& key_file) {
  auto impl = std::make_unique<Impl>();
  harden(impl->context.native_handle());
  error_code error;
  impl->context.use_certificate_chain_file(certificate_file, error);
  if (error) fail(certificate_file, error.message());
  impl->context.use_private_key_file(key_file, ssl::context::pem, error);
  if (error) fail(key_file, error.message() + " (is it the certificate's key?)");
  return std::make_shared<const Tls>(std::move(impl));
}

}  // namespace waybill::web
