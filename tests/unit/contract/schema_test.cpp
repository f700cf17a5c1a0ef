#include <catch2/catch.hpp>

#include "tests/unit/contract/fixture.hpp"

using namespace waybill;
using namespace waybill::contract;

namespace {

// What is said about {"a": <value>} when member a has this schema.
Complaints about(const std::string& schema, const std::string& value) {
  const auto contract = body_contract("{type: object, properties: {a: " + schema + "}}");
  return complaints(contract, "{\"a\":" + value + "}");
}

bool is_fine(const std::string& schema, const std::string& value) {
  return about(schema, value).empty();
}

}  // namespace

TEST_CASE("a value must have the type that the schema asks for", "[contract][schema]") {
  CHECK(about("{type: string}", "5") == Complaints{"/a must be a string"});
  CHECK(about("{type: integer}", "\"5\"") == Complaints{"/a must be an integer"});
  CHECK(about("{type: number}", "true") == Complaints{"/a must be a number"});
  CHECK(about("{type: boolean}", "1") == Complaints{"/a must be true or false"});
  CHECK(about("{type: array}", "{}") == Complaints{"/a must be a list"});
  CHECK(about("{type: object}", "[]") == Complaints{"/a must be an object"});
  CHECK(is_fine("{type: number}", "5"));
  CHECK(is_fine("{}", "[1, {}]"));
}

TEST_CASE("an integer may be written with a fraction of zero", "[contract][schema]") {
  CHECK(is_fine("{type: integer}", "5.0"));
  CHECK(is_fine("{type: integer}", "-9223372036854775808"));
  CHECK(about("{type: integer}", "5.5") == Complaints{"/a must be an integer"});
  CHECK(about("{type: integer}", "9223372036854775808") == Complaints{"/a must be an integer"});
  CHECK(about("{type: integer}", "1e300") == Complaints{"/a must be an integer"});
}

TEST_CASE("null is fine only where the schema lists it", "[contract][schema]") {
  CHECK(is_fine("{type: [string, 'null'], maxLength: 3}", "null"));
  CHECK(about("{type: string}", "null") == Complaints{"/a must be a string"});
  CHECK(about("{type: [string, 'null']}", "7") == Complaints{"/a must be a string or null"});
}

TEST_CASE("enum and const name what is allowed", "[contract][schema]") {
  CHECK(is_fine("{enum: [A, B]}", "\"B\""));
  CHECK(about("{enum: [A, B]}", "\"b\"") == Complaints{"/a must be one of A, B"});
  CHECK(is_fine("{enum: [A, B], x-ignore-case: true}", "\"b\""));
  CHECK(about("{const: 1}", "2") == Complaints{"/a must be 1"});
}

TEST_CASE("lengths of texts count code points", "[contract][schema]") {
  CHECK(is_fine("{type: string, minLength: 2, maxLength: 2}", "\"äö\""));
  CHECK(is_fine("{type: string, maxLength: 1}", "\"\\ud83d\\ude00\""));
  CHECK(about("{type: string, maxLength: 2}", "\"äöü\"") ==
        Complaints{"/a must have at most 2 characters"});
  CHECK(about("{type: string, minLength: 1}", "\"\"") == Complaints{"/a must not be empty"});
  CHECK(about("{type: string, minLength: 3}", "\"ab\"") ==
        Complaints{"/a must have at least 3 characters"});
}

TEST_CASE("a text must not contain NUL", "[contract][schema]") {
  CHECK(about("{type: string}", "\"a\\u0000b\"") ==
        Complaints{"/a must not contain the character NUL"});
}

TEST_CASE("bounds of numbers are inclusive unless they say otherwise", "[contract][schema]") {
  CHECK(is_fine("{type: number, minimum: 1, maximum: 3}", "1"));
  CHECK(about("{type: number, minimum: 1}", "0.5") == Complaints{"/a must be at least 1"});
  CHECK(about("{type: number, maximum: 1000000000}", "1000000001") ==
        Complaints{"/a must be at most 1000000000"});
  CHECK(about("{type: number, exclusiveMinimum: 0}", "0") == Complaints{"/a must be above 0"});
  CHECK(about("{type: number, exclusiveMaximum: 2.5}", "2.5") ==
        Complaints{"/a must be below 2.5"});
  CHECK(about("{type: integer, multipleOf: 5}", "7") == Complaints{"/a must be a multiple of 5"});
}

TEST_CASE("a pattern is searched for, and anchored only by itself", "[contract][schema]") {
  CHECK(is_fine("{type: string, pattern: 'b'}", "\"abc\""));
  CHECK(about("{type: string, pattern: '^[A-Z]{3}$'}", "\"EURO\"") ==
        Complaints{"/a must match ^[A-Z]{3}$"});
}

TEST_CASE("a very long text in a field with a pattern is a matter of microseconds",
          "[contract][schema]") {
  const std::string text(500'000, 'a');
  CHECK(about("{type: string, pattern: '^(a+)+$'}", '"' + text + "!\"") ==
        Complaints{"/a must match ^(a+)+$"});
}

TEST_CASE("formats are checked", "[contract][schema]") {
  CHECK(is_fine("{type: string, format: uuid}", "\"019A2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11\""));
  CHECK(about("{type: string, format: uuid}", "\"019a2f4c\"") == Complaints{"/a must be a UUID"});
  CHECK(is_fine("{type: string, format: date}", "\"2024-02-29\""));
  CHECK(about("{type: string, format: date}", "\"2023-02-29\"") ==
        Complaints{"/a must be a date (YYYY-MM-DD)"});
  CHECK(is_fine("{type: string, format: date-time}", "\"2026-01-31T09:30:00+02:00\""));
  CHECK(about("{type: string, format: date-time}", "\"2026-01-31 09:30\"") ==
        Complaints{"/a must be a time (RFC 3339)"});
  CHECK(is_fine("{type: string, format: made-up}", "\"x\""));
}

TEST_CASE("an e-mail address has a local part and a domain with a dot", "[contract][schema]") {
  const auto ok = [](const std::string& text) {
    return is_fine("{type: string, format: email}", '"' + text + '"');
  };
  for (const char* text : {"a@b.de", "first.last+tag@mail.example.org", "jörg@müller.de"}) {
    CHECK(ok(text));
  }
  for (const char* text : {"a", "@b.de", "a@", "a@b", "a b@c.de", "a@b..de", ".a@b.de", "a.@b.de",
                           "a..b@c.de", "a@-b.de", "a@b.de\\n", "a@b@c.de"}) {
    INFO(text);
    CHECK_FALSE(ok(text));
  }
}

TEST_CASE("lists have sizes, unique items and a schema per item", "[contract][schema]") {
  CHECK(about("{type: array, minItems: 1}", "[]") == Complaints{"/a must have at least 1 item(s)"});
  CHECK(about("{type: array, maxItems: 1}", "[1,2]") ==
        Complaints{"/a must have at most 1 item(s)"});
  CHECK(about("{type: array, uniqueItems: true}", "[1,2,1]") ==
        Complaints{"/a must not repeat an item"});
  CHECK(about("{type: array, items: {type: integer}}", "[1,\"x\",2,true]") ==
        Complaints{"/a/1 must be an integer", "/a/3 must be an integer"});
}

TEST_CASE("all violations are listed at once, with their pointers", "[contract][schema]") {
  const auto contract = body_contract(
      "{type: object, required: [name, price], properties: {name: {type: string}, price: {type: "
      "string}, lines: {type: array, items: {type: object, required: [id], properties: {id: "
      "{type: string}, n: {type: integer, minimum: 1}}}}}}");
  CHECK(
      complaints(contract, R"({"price": 5, "lines": [{"n": 0}, {"id": "x", "q/r": 1}], "z": 1})") ==
      Complaints{"/name is required", "/price must be a string", "/lines/0/id is required",
                 "/lines/0/n must be at least 1", "/lines/1/q~1r is not known here",
                 "/z is not known here"});
}

TEST_CASE("a flood of violations is cut off", "[contract][schema]") {
  std::string body = "[0";
  for (int i = 0; i < 5'000; ++i) body += ",0";
  const auto found = about("{type: array, items: {type: string}}", body + "]");
  CHECK(found.size() == 1'000);
}

TEST_CASE("members that no schema knows are refused unless it is open", "[contract][schema]") {
  const Complaints refused{"/a/x is not known here"};
  CHECK(about("{type: object, properties: {b: {}}}", R"({"x":1})") == refused);
  CHECK(about("{type: object, additionalProperties: false}", R"({"x":1})") == refused);
  CHECK(is_fine("{type: object}", R"({"x":1})"));
  CHECK(is_fine("{type: object, properties: {b: {}}, additionalProperties: true}", R"({"x":1})"));
  CHECK(about("{type: object, additionalProperties: {type: integer}}", R"({"x":"1"})") ==
        Complaints{"/a/x must be an integer"});
}

TEST_CASE("what allOf knows is known", "[contract][schema]") {
  const std::string schema =
      "{allOf: [{type: object, properties: {b: {type: integer}}}, {type: object, properties: {c: "
      "{type: integer}}}], properties: {d: {type: integer}}}";
  CHECK(is_fine(schema, R"({"b":1,"c":2,"d":3})"));
  CHECK(about(schema, R"({"b":1,"e":2})") == Complaints{"/a/e is not known here"});
}

TEST_CASE("of anyOf and oneOf the nearest form complains", "[contract][schema]") {
  const std::string schema = "{anyOf: [{type: string, maxLength: 2}, {type: 'null'}]}";
  CHECK(is_fine(schema, "null"));
  CHECK(is_fine(schema, "\"ab\""));
  CHECK(about(schema, "\"abc\"") == Complaints{"/a must have at most 2 characters"});
  const std::string one = "{oneOf: [{type: integer, minimum: 5}, {type: integer, maximum: 7}]}";
  CHECK(is_fine(one, "3"));
  CHECK(about(one, "6") == Complaints{"/a must have exactly one of the allowed forms"});
  CHECK(about("{not: {type: string}}", "\"x\"") == Complaints{"/a has a form that is not allowed"});
}

TEST_CASE("read-only members are accepted with any value and never required",
          "[contract][schema]") {
  const auto contract = body_contract(
      "{type: object, required: [id, name], properties: {id: {type: string, format: uuid, "
      "readOnly: true}, version: {$ref: '#/components/schemas/Version'}, name: {type: string}}}",
      "components: {schemas: {Version: {type: integer, readOnly: true}}}\n");
  CHECK(complaints(contract, R"({"name":"x"})").empty());
  CHECK(complaints(contract, R"({"name":"x","id":17,"version":"seven"})").empty());
}

TEST_CASE("schemas may refer to each other, in circles through members", "[contract][schema]") {
  const auto contract = body_contract(
      "{$ref: '#/components/schemas/Tree'}",
      "components: {schemas: {Tree: {type: object, required: [name], properties: {name: {type: "
      "string}, children: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}}}\n");
  CHECK(
      complaints(contract, R"({"name":"a","children":[{"name":"b","children":[{"nam":"c"}]}]})") ==
      Complaints{"/children/0/children/0/name is required",
                 "/children/0/children/0/nam is not known here"});
}
