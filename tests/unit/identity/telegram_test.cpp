// Codes by which a Telegram user and an account find each other.
#include "services/identity/domain/telegram.hpp"

#include <catch2/catch.hpp>

using namespace waybill::identity::domain;

TEST_CASE("a link code is sixteen letters and digits of the random bytes", "[identity][telegram]") {
  CHECK(link_code_of(std::string(16, '\0')) == std::string(16, 'A'));
  const auto code =
      link_code_of("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x3d");
  REQUIRE(code.has_value());
  CHECK(*code == "BCDEFGHIJKLMNOP9");
}

TEST_CASE("bytes that would favour some characters make no part of a link code",
          "[identity][telegram]") {
  CHECK(link_code_of("\xff\xf8" + std::string(16, '\x3e')) == std::string(16, 'A'));
  CHECK_FALSE(link_code_of(std::string(100, '\xf8')).has_value());
  CHECK_FALSE(link_code_of(std::string(15, '\0')).has_value());
}
