#include "libs/core/id.hpp"

#include <catch2/catch.hpp>

#include "libs/core/base64.hpp"
#include "libs/core/clock.hpp"

using waybill::Id;

TEST_CASE("an id survives the way through its text", "[core][id]") {
  const Id id = waybill::new_id();
  const std::string text = id.to_string();
  REQUIRE(text.size() == 36);
  REQUIRE(text[14] == '7');
  REQUIRE(Id::parse(text) == id);
}

TEST_CASE("upper case is read and lower case is written", "[core][id]") {
  const auto id = Id::parse("0190F5FE-0000-7ABC-8DEF-0123456789AB");
  REQUIRE(id);
  REQUIRE(id->to_string() == "0190f5fe-0000-7abc-8def-0123456789ab");
}

TEST_CASE("what is no id is refused", "[core][id]") {
  for (const auto* text :
       {"", "0190f5fe", "0190f5fe-0000-7abc-8def-0123456789a",
        "0190f5fe-0000-7abc-8def-0123456789abc", "0190f5fe 0000 7abc 8def 0123456789ab",
        "0190f5fg-0000-7abc-8def-0123456789ab", "0190f5fe00007abc8def0123456789ab----"}) {
    CAPTURE(text);
    REQUIRE_FALSE(Id::parse(text));
  }
}

TEST_CASE("ids sort in the order in which they were made", "[core][id]") {
  Id last = waybill::new_id();
  for (int i = 0; i < 10'000; ++i) {
    const Id next = waybill::new_id();
    REQUIRE(last < next);
    last = next;
  }
}

TEST_CASE("ids of several threads never meet", "[core][id]") {
  std::vector<std::vector<Id>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 5'000; ++i) mine.push_back(waybill::new_id());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<Id> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  REQUIRE(all.size() == 20'000);
}

TEST_CASE("a derived id depends on nothing but its inputs", "[core][id]") {
  // The example of RFC 9562, appendix A.4: the DNS name space and www.example.com.
  const auto dns = *Id::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  REQUIRE(waybill::derive_id(dns, "www.example.com").to_string() ==
          "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  REQUIRE(waybill::derive_id(dns, "a") != waybill::derive_id(dns, "b"));
}

TEST_CASE("base64url survives both ways and refuses what it never writes", "[core][base64]") {
  for (const std::string& data : {std::string{}, std::string{"a"}, std::string{"ab"},
                                  std::string{"abc"}, std::string{"\0\xff\xfe?>", 5}}) {
    REQUIRE(waybill::base64url_decode(waybill::base64url_encode(data)) == data);
  }
  REQUIRE(waybill::base64url_encode("\xff\xfe\xfd") == "__79");
  for (const auto* text : {"a", "ab==", "a+b/", "ab c", "abcde", "\tYWI", "\t\t\t\tYWJj",
                           "YWJj    ", "YWJ", "YX", "YWJj\n"}) {
    CAPTURE(text);
    REQUIRE_FALSE(waybill::base64url_decode(text));
  }
}
