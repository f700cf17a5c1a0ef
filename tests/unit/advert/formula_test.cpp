#include "services/advert/projections/formula.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::advert;
using projections::parse_formula;

TEST_CASE("a formula names what differs from the defaults", "[advert][simulation]") {
  const auto formula = parse_formula(
      " weights=1,0.5,2e-1  fill-term=count pacing=on pacing-share=0.25 limits=1.5 "
      "limit:00000000-0000-0000-0000-00000000000a=7");
  REQUIRE(formula.has_value());
  CHECK(formula->weights.price == 1);
  CHECK(formula->weights.relevance == 0.5);
  CHECK(formula->weights.fill == 0.2);
  CHECK(formula->weights.fill_term == domain::FillTerm::count);
  CHECK(formula->pacing);
  CHECK(formula->pacing_share == 0.25);
  CHECK(formula->limits == 1.5);
  CHECK(formula->limit_of.at(*Id::parse("00000000-0000-0000-0000-00000000000a")) == 7);
  CHECK(parse_formula("")->weights.price == 0.9);
}

TEST_CASE("what is no part of a formula is named", "[advert][simulation]") {
  for (const auto* word : {"weights=1,2", "weights=1,2,3,4", "weights=1,nan,2", "fill-term=half",
                           "pacing=yes", "pacing-share=", "limits=-1", "limit:x=1",
                           "limit:00000000-0000-0000-0000-00000000000a=many", "speed=1", "price"}) {
    const auto formula = parse_formula(word);
    INFO(word);
    REQUIRE(formula.has_error());
    CHECK(formula.error().detail.find(word) != std::string::npos);
  }
}
