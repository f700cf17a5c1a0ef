#include "services/gateway/commands/identity.hpp"

#include <openssl/evp.h>

namespace waybill::gateway {
namespace {

// The name space of all command ids. Never change it: keys in use would lose their commands.
const Id kCommands = *Id::parse("5b0fae63-1d1c-5c1e-9f0a-6a2f0c8e7d41");

// A hash over parts that can't be mistaken for each other, however they are cut.
class Hash {
 public:
  Hash() : context_{EVP_MD_CTX_new(), EVP_MD_CTX_free} {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }

  void add(std::string_view part) {
    const std::uint64_t size = part.size();
    EVP_DigestUpdate(context_.get(), &size, sizeof size);
    EVP_DigestUpdate(context_.get(), part.data(), part.size());
  }

  std::string hex(std::size_t bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) {
      text += kDigits[digest[i] >> 4];
      text += kDigits[digest[i] & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

}  // namespace

std::string caller_key(const Caller& caller, const web::Request& request) {
  return caller.user ? "user " + caller.user->to_string() : "address " + request.client;
}

Id command_id(const std::string& caller, std::string_view idempotency_key) {
  if (idempotency_key.empty()) return new_id();
  return derive_id(kCommands, fmt::format("{}\n{}", caller, idempotency_key));
}

std::string fingerprint(const web::Request& request) {
  const std::string_view target = request.target;
  const auto query = target.find('?');
  Hash hash;
  hash.add(request.method);
  hash.add(request.path);
  hash.add(query == std::string_view::npos ? std::string_view{} : target.substr(query + 1));
  hash.add(request.body);
  return hash.hex(16);
}

std::string caller_mark(const std::string& caller) {
  Hash hash;
  hash.add(caller);
  return hash.hex(8);
}

}  // namespace waybill::gateway
