// Forms as browsers and curl send them, and as nobody should.
#include "libs/web/multipart.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::web;
using Event = MultipartParser::Event;

namespace {

struct Read {
  std::string text;  // "name|file name|type|bytes;" of each part
  bool ended = false;
  std::optional<Fault> fault;
};

Read read(std::string_view bytes, std::size_t piece = 100'000, MultipartLimits limits = {}) {
  MultipartParser parser{"B", limits};
  Read result;
  while (!bytes.empty()) {
    parser.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      const Event event = parser.next();
      if (event == Event::more) break;
      if (event == Event::part) {
        const Part& part = parser.part();
        result.text += part.name + '|' + part.file_name.value_or("-") + '|' + part.content_type;
        result.text += '|';
      } else if (event == Event::data) {
        result.text += parser.data();
      } else if (event == Event::end_of_part) {
        result.text += ';';
      } else if (event == Event::end) {
        result.ended = true;
        break;
      } else {
        result.fault = parser.fault();
        return result;
      }
    }
  }
  return result;
}

std::string part(std::string_view disposition, std::string_view bytes,
                 std::string_view headers = "") {
  return "--B\r\nContent-Disposition: form-data; " + std::string{disposition} + "\r\n" +
         std::string{headers} + "\r\n" + std::string{bytes} + "\r\n";
}

const std::string kEnd = "--B--\r\n";

}  // namespace

TEST_CASE("parts are read with names, types and bytes, however they are cut", "[web][multipart]") {
  const std::string form = part("name=\"exam\"", "ege") +
                           part("name=\"f\"; filename=\"a b.txt\"", "one\r\n--A\r\ntwo\r\n-",
                                "Content-Type: text/x\r\n") +
                           part("name=empty", "") + kEnd;
  const std::string expected = "exam|-||ege;f|a b.txt|text/x|one\r\n--A\r\ntwo\r\n-;empty|-||;";
  for (std::size_t piece = 1; piece < form.size(); ++piece) {
    INFO(piece);
    const Read result = read(form, piece);
    CHECK(result.text == expected);
    CHECK(result.ended);
    CHECK_FALSE(result.fault);
  }
}

TEST_CASE("a form may be empty", "[web][multipart]") {
  CHECK(read("--B--").ended);
  CHECK(read("--B--\r\n").ended);
}

TEST_CASE("a form that breaks off has no end", "[web][multipart]") {
  const std::string form = part("name=a", "1");
  for (std::size_t size = 1; size <= form.size(); ++size) {
    const Read result = read(std::string_view{form}.substr(0, size));
    CHECK_FALSE(result.ended);
    CHECK_FALSE(result.fault);
  }
}

TEST_CASE("file names come as clients write them", "[web][multipart]") {
  const auto name = [](std::string_view disposition) {
    const std::string text = read(part(disposition, "") + kEnd).text;
    return text.substr(text.find('|') + 1, text.find('|', text.find('|') + 1) - 2);
  };
  CHECK(name(R"(name=f; filename="a\"b.txt")") == R"(a"b.txt)");
  CHECK(name(R"(name=f; filename="a%22b.txt")") == R"(a"b.txt)");
  CHECK(name(R"(name=f; filename="C:\dir\a.txt")") == R"(C:\dir\a.txt)");
  CHECK(name("name=f; filename=\"naïve.txt\"") == "naïve.txt");
  CHECK(name("name=f; filename=x; filename*=utf-8''na%C3%AFve.txt") == "naïve.txt");
  CHECK(name("name=f; filename=\"../../etc/passwd\"") == "../../etc/passwd");
}

TEST_CASE("what could be read in two ways is refused", "[web][multipart]") {
  const std::vector<std::string> hostile{
      "preamble\r\n" + part("name=a", "1") + kEnd,
      "\r\n" + part("name=a", "1") + kEnd,
      "--Bx\r\n\r\n",
      "--B \r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--B--",
      part("name=a", "1") + "--B--\r\nepilogue",
      part("name=a", "1\r\n--Bogus") + kEnd,
      "--B\r\n\r\n\r\n" + kEnd,
      "--B\r\nContent-Type: text/plain\r\n\r\n\r\n" + kEnd,
      part("name=a; name=b", "") + kEnd,
      part("name=", "") + kEnd,
      part("name=\"\"", "") + kEnd,
      part("filename=x", "") + kEnd,
      part("name=\"a", "") + kEnd,
      part("name=a; filename=x; filename=y", "") + kEnd,
      part("name=a; filename*=latin1''x", "") + kEnd,
      part("name=a; filename*=utf-8''%00x", "") + kEnd,
      part("name=a; filename*=utf-8''%0d%0ax", "") + kEnd,
      part("name=\"a\x01\"", "") + kEnd,
      part("name=\"\xff\"", "") + kEnd,
      part("name=a", "", "Content-Disposition: form-data; name=b\r\n") + kEnd,
      part("name=a", "", "Content-Type: a/b\r\nContent-Type: c/d\r\n") + kEnd,
      part("name=a", "", "Content-Transfer-Encoding: base64\r\n") + kEnd,
      part("name=a", "", " folded\r\n") + kEnd,
      part("name=a", "", "no colon\r\n") + kEnd,
      "--B\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n" + kEnd,
  };
  for (const std::string& form : hostile) {
    INFO(form);
    for (const std::size_t piece : {form.size(), std::size_t{1}}) {
      const Read result = read(form, piece);
      REQUIRE(result.fault);
      CHECK(result.fault->code == "malformed-form");
    }
  }
}

TEST_CASE("there are limits to parts and their headers", "[web][multipart]") {
  std::string form;
  for (int i = 0; i < 10'000; ++i) form += part("name=a", "");
  const Read many = read(form + kEnd);
  REQUIRE(many.fault);
  CHECK(many.fault->kind == FaultKind::too_large);
  CHECK(many.fault->members.at("limit") == 64);
  const Read large = read(part("name=a", "", "X: " + std::string(5'000, 'x') + "\r\n") + kEnd);
  CHECK(large.fault->code == "malformed-form");
  const Read endless = read("--B\r\nX: " + std::string(1'000'000, 'x'), 1'000);
  CHECK(endless.fault->code == "malformed-form");
}

TEST_CASE("the boundary is read from the Content-Type, if it is one", "[web][multipart]") {
  CHECK(multipart_boundary("multipart/form-data; boundary=abc") == "abc");
  CHECK(multipart_boundary("Multipart/Form-Data ;charset=utf-8; Boundary=\"a b\"") == "a b");
  CHECK(multipart_boundary("multipart/form-data; boundary=" + std::string(70, 'x')));
  for (const char* type :
       {"", "multipart/form-data", "multipart/mixed; boundary=a", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a\tb\""}) {
    INFO(type);
    CHECK_FALSE(multipart_boundary(type));
  }
  CHECK_FALSE(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')));
}
