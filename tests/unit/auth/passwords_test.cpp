// Password hashes.
#include "libs/auth/passwords.hpp"

#include <catch2/catch.hpp>

using namespace waybill::auth;

namespace {

constexpr PasswordCost kCheap{64, 1, 1};

}  // namespace

TEST_CASE("a password is known again, and no other", "[auth][passwords]") {
  using namespace std::string_view_literals;
  for (const auto password :
       {"correct horse"sv, ""sv, "пароль 密码"sv, "with\0zero"sv, " pad "sv}) {
    const std::string hash = hash_password(password, kCheap);
    CHECK(verify_password(password, hash));
    CHECK_FALSE(verify_password(std::string{password} + " ", hash));
  }
  CHECK_FALSE(verify_password("with"sv, hash_password("with\0zero"sv, kCheap)));
}

TEST_CASE("a hash is a PHC string with the default cost and a salt of its own",
          "[auth][passwords]") {
  const std::string hash = hash_password("correct horse");
  CHECK(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(hash.size() == 97);
  CHECK(hash != hash_password("correct horse"));
  CHECK(hash.find("correct") == std::string::npos);
}

TEST_CASE("the reference implementation's hash is right", "[auth][passwords]") {
  // phc-winner-argon2, src/test.c: Argon2id, version 0x13, t = 2, m = 2^16, p = 1.
  CHECK(verify_password("password",
                        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                        "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"));
}

TEST_CASE("what is no Argon2id hash fits no password", "[auth][passwords]") {
  for (const auto* text :
       {"", "password", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=19456,t=2,p=1",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"}) {
    INFO(text);
    CHECK_FALSE(verify_password("password", text));
    CHECK(needs_rehash(text));
  }
}

TEST_CASE("a weaker hash is to be made again, a stronger one stays", "[auth][passwords]") {
  const std::string salt_and_hash = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  const auto of = [&](const std::string& cost) {
    return needs_rehash("$argon2id$v=19$" + cost + salt_and_hash);
  };
  CHECK_FALSE(of("m=19456,t=2,p=1"));
  CHECK_FALSE(of("m=65536,t=3,p=4"));
  CHECK(of("m=19455,t=2,p=1"));
  CHECK(of("m=65536,t=1,p=1"));
  CHECK(of("m=65536,t=2"));
  CHECK(of("t=2,m=65536,p=1"));
  CHECK(of("m=99999999999,t=2,p=1"));
  CHECK(needs_rehash("$argon2id$v=16$m=19456,t=2,p=1" + salt_and_hash));
}
