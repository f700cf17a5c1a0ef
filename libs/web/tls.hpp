// Certificate and key of a server, ready for use. What a client is offered: TLS 1.2 and 1.3 with
// forward secrecy and authenticated encryption (RFC 9325), ALPN http/1.1 (RFC 7301).
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace waybill::web {

class Tls {
 public:
  struct Impl;

  // PEM files: the certificate with its chain behind it, and its key. Throws std::runtime_error
  // that names the file and what is wrong with it.
  static std::shared_ptr<const Tls> load(const std::string& certificate_file,
                                         const std::string& key_file);
  explicit Tls(std::unique_ptr<Impl> impl);
  ~Tls();

  Impl& impl() const { return *impl_; }
  // When the certificate ends.
  std::chrono::system_clock::time_point expires() const;

 private:
  const std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::web
