#include <catch2/catch.hpp>

#include "services/advert/moderation/letters.hpp"
#include "services/advert/moderation/moderator.hpp"

using namespace waybill::advert::moderation;

namespace {

const std::vector<std::string> kListed{"плохое", "bad"};

std::optional<std::string> caught(const std::string& text) {
  return Moderator{kListed}.find(text);
}

}  // namespace

TEST_CASE("digits, dashes and capitals hide no word", "[advert][moderation]") {
  CHECK(caught("пл0х0е"));
  CHECK(caught("п-л-о-х-о-е"));
  CHECK(caught("ПЛОХОЕ"));
  CHECK(caught("B4D"));
  CHECK(caught("b.a.d!"));
}

TEST_CASE("letters of other alphabets that look the same hide no word", "[advert][moderation]") {
  CHECK(caught("B𝓐D"));
  CHECK(caught("bаd"));        // Cyrillic а
  CHECK(caught("плoxoe"));     // Latin o, x, o, e
  CHECK(caught("ＢＡＤ"));     // full width
  CHECK(caught("b\u200bad"));  // with a space of no width
  CHECK(caught("bád"));
}

TEST_CASE("a word that contains a listed one is another word", "[advert][moderation]") {
  CHECK_FALSE(caught("неплохо"));
  CHECK_FALSE(caught("badlands"));
  CHECK_FALSE(caught("плохо"));
  CHECK_FALSE(caught("b a d"));  // white space divides words
}

TEST_CASE("what is told is the word as it was typed", "[advert][moderation]") {
  CHECK(caught("так пл0х0е\tдело") == "пл0х0е");
  CHECK(caught("it is\u00a0B4D\u2003indeed") == "B4D");
}

TEST_CASE("signs alone are no word, and match nothing", "[advert][moderation]") {
  const std::vector<std::string> signs{"--", "bad"};
  CHECK_FALSE(Moderator{signs}.find("-- ++ — 💡"));
  CHECK(skeleton("—💡").empty());
}

TEST_CASE("a refusal names the text and the word", "[advert][moderation]") {
  const auto checked = Moderator{kListed}.check("so B4D", "title");
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().detail.find("Profanity") != std::string::npos);
  CHECK(checked.error().detail.find("title") != std::string::npos);
  CHECK(checked.error().members.at("extra").at("word") == "B4D");
}
