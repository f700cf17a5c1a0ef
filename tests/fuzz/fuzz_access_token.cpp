// Whatever the bytes, the check of a token ends. What it accepts is signed by our key, reads the
// same when it is signed again, and is none of a kind that is refused. The first byte chooses: the
// rest is a token as it is, or header and claims (split at the first line break) that our key
// signs, so that the fuzzer gets behind the signature.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "libs/core/base64.hpp"
#include "tests/unit/auth/one_key.hpp"

namespace {

using namespace waybill;
using namespace waybill::auth;
using namespace waybill::auth::test;

void require(bool fact) {
  if (!fact) std::abort();
}

// "KID" in the input stands for our key's name, which no fuzzer would guess.
std::string with_kid(std::string_view header) {
  std::string text{header};
  if (const auto at = text.find("KID"); at != text.npos) text.replace(at, 3, key().kid());
  return text;
}

std::string sign(std::string_view input) {
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view claims = input.substr(std::min(line + 1, input.size()));
  const std::string text =
      base64url_encode(with_kid(input.substr(0, line))) + '.' + base64url_encode(claims);
  return text + '.' + base64url_encode(key().sign(text));
}

void require_ours(const Claims& claims) {
  require(!claims.roles.empty() && claims.roles.size() <= 3);
  require(claims.not_before <= kNow + std::chrono::seconds{5});
  require(claims.expires_at > kNow - std::chrono::seconds{5});
  const Verified again = verify_token(sign_token(claims, {}, key()), keys(), {}, kNow);
  require(std::get<Claims>(again) == claims);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};
  const bool is_signed = data[0] % 2 == 1;
  const Verified verified = verify_token(is_signed ? sign(input) : input, keys(), {}, kNow);
  if (const auto* claims = std::get_if<Claims>(&verified)) {
    require(is_signed);
    require_ours(*claims);
  }
  return 0;
}
