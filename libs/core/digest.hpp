// A fingerprint of texts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace waybill {

// SHA-256 in hex.
std::string sha256_hex(std::string_view text);

// The same of what comes in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;

  void update(std::string_view bytes);
  // Of all that came, 32 bytes; once.
  std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Two lower-case digits per byte.
std::string to_hex(std::string_view bytes);

}  // namespace waybill
