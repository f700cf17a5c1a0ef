#include "libs/blob/settings.hpp"

#include <catch2/catch.hpp>

#include "libs/blob/s3/signature.hpp"

using namespace waybill;
using namespace waybill::blob;

TEST_CASE("a store that is neither folder nor s3 is refused", "[blob]") {
  StoreSettings settings;
  settings.kind = "tape";
  CHECK_THROWS_AS(settings.open(), config::SettingsError);
}

TEST_CASE("s3 without keys is refused when it is opened", "[blob]") {
  StoreSettings settings;
  settings.kind = "s3";
  settings.endpoint = "http://127.0.0.1:9000";
  CHECK_THROWS_AS(settings.open(), config::SettingsError);
  settings.access_key = "key";
  settings.secret_key = config::Secret{"secret"};
  CHECK_NOTHROW(settings.open());
  settings.endpoint = "127.0.0.1:9000";
  CHECK_THROWS_AS(settings.open(), config::SettingsError);
}

// The example of "Authenticating Requests: Using Query Parameters", Amazon S3 API reference.
TEST_CASE("a link is signed as the reference says", "[blob]") {
  const Credentials credentials{"AKIAIOSFODNN7EXAMPLE",
                                config::Secret{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
                                "us-east-1"};
  const std::string url =
      presigned_url("https://examplebucket.s3.amazonaws.com", "/test.txt", credentials,
                    seconds{86'400}, *parse_rfc3339("2013-05-24T00:00:00Z"));
  CHECK_THAT(url, Catch::EndsWith("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c26595"
                                  "7d157751f604d404"));
}

TEST_CASE("keys are lower-case words between slashes", "[blob]") {
  CHECK(is_key("a"));
  CHECK(is_key("sha256/ab/ab12"));
  for (const char* text : {"", "/", "a/", "/a", "a//b", "..", "a/../b", "A", "a b", "a-b", "ü"}) {
    INFO(text);
    CHECK_FALSE(is_key(text));
  }
}
