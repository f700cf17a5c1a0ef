// Uploads that mean harm, each refused by its name, and nothing kept of any.
#include <catch2/catch.hpp>

#include "tests/integration/file/forms.hpp"

using namespace waybill;
using namespace waybill::file;
using namespace waybill::file::test;

namespace {

Form task_with(const Piece& piece) {
  return with({{"exam", "ege", "", ""},
               {"subject", "math", "", ""},
               {"exam_task_number", "7", "", ""},
               {"condition", "", "", ""},
               {"answer", "", "", ""},
               {"difficult", "easy", "", ""}},
              piece);
}

struct Yard {
  Reply post(const std::string& body, const std::string& type = kFormType,
             const std::string& path = "/v1/tasks") {
    Pieces source{body};
    return Reply{process.ask("POST", path, &source, kAnna, {{"Content-Type", type}})};
  }
  Reply photo(const std::string& bytes) {
    return post(body_of(task_with({"request_photo_files", bytes, "p.png", ""})));
  }
  Reply named(const std::string& file_name) {
    return post(body_of(task_with({"request_file_files", "text", file_name, ""})));
  }
  bool is_empty() {
    process.sweep();
    return place.store->list("", 10).empty();
  }

  const Folder place;
  Process process{*place.store};
};

std::string big_endian(std::uint32_t number, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(number >> (8 * i) & 0xff);
  return text;
}

std::string png_of(std::uint32_t width, std::uint32_t height) {
  std::string bytes = kPng;
  return bytes.replace(16, 8, big_endian(width, 4) + big_endian(height, 4));
}

// With a comment of this size before the frame that says how large it is.
std::string jpeg_of(std::uint32_t width, std::uint32_t height, const std::string& comment) {
  const auto size = static_cast<std::uint32_t>(comment.size() + 2);
  return std::string{"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", 20} + "\xff\xfe" +
         big_endian(size, 2) + comment + std::string{"\xff\xc0\0\x11\x8", 5} +
         big_endian(height, 2) + big_endian(width, 2) +
         std::string{"\3\1\x22\0\2\x11\1\3\x11\1", 10};
}

// The end of an archive without files (APPNOTE 4.3.16).
const std::string kZipEnd = "PK\5\6" + std::string(18, '\0');

}  // namespace

TEST_CASE("a picture of too many pixels is refused by its header", "[file][hostile]") {
  Yard yard;
  for (const std::string& bomb : {png_of(50'000, 50'000), jpeg_of(50'000, 50'000, "x"),
                                  jpeg_of(60'000, 60'000, std::string(65'000, 'x'))}) {
    const Reply refused = yard.photo(bomb);
    CHECK(refused.status == 413);
    CHECK(refused.code() == "too-large");
    CHECK(refused.member("part") == "request_photo_files");
    CHECK(refused.body.at("limit") == 50'000'000);
  }
  CHECK(yard.is_empty());
  CHECK(yard.photo(png_of(7'000, 7'000)).status == 201);
  CHECK(yard.photo(jpeg_of(7'000, 7'000, "x")).status == 201);
}

TEST_CASE("a file that is two things at once is refused as the other one", "[file][hostile]") {
  Yard yard;
  const auto found = [&](const std::string& bytes) {
    const Reply refused = yard.photo(bytes);
    INFO(refused.response.body);
    CHECK(refused.status == 415);
    CHECK(refused.code() == "unsupported-type");
    CHECK(refused.member("file_name") == "p.png");
    return refused.member("found");
  };
  CHECK(found(kPng + kZipEnd) == "application/zip");
  CHECK(found(jpeg_of(1, 1, "x") + std::string(100'000, 'x') + kZipEnd) == "application/zip");
  CHECK(found(kPng + "%PDF-1.7") == "application/pdf");
  CHECK(found(jpeg_of(1, 1, "<SCRIPT>alert(1)</SCRIPT>")) == "text/html");
  CHECK(found(kPng + "<?php system('id');") == "text/html");
  CHECK(found("GIF89a/*<script>*/=1;") == "text/html");
  CHECK(found("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>") ==
        "image/svg+xml");
  CHECK(yard.is_empty());
}

TEST_CASE("names that are paths or hide something are refused", "[file][hostile]") {
  Yard yard;
  for (const char* name : {"../../etc/passwd", "..", ".", "a/b.txt", "/etc/passwd", "C:\\\\a.txt",
                           "a\xe2\x80\xaetxt.exe", "a\xe2\x81\xa7.txt"}) {
    INFO(name);
    CHECK(yard.named(name).status == 400);
  }
  for (const std::string& name : {std::string{"a\x01.txt"}, std::string{"a\0.txt", 6},
                                  std::string{"a\x7f.txt"}, std::string{"a\xff.txt"}}) {
    CHECK(yard.named(name).code() == "malformed-form");
  }
  CHECK(yard.named(std::string(256, 'n')).status == 400);
  CHECK(yard.is_empty());
}

TEST_CASE("a form of ten thousand parts is refused early", "[file][hostile]") {
  Yard yard;
  Form many;
  for (int i = 0; i < 10'000; ++i) many.push_back({"request_file_files", "x", "x.txt", ""});
  const Reply refused = yard.post(body_of(many));
  CHECK(refused.status == 413);
  CHECK(yard.post(body_of(many), kFormType, "/v1/documents").status == 413);
  CHECK(yard.is_empty());
}

TEST_CASE("boundaries and headers that invite tricks are refused", "[file][hostile]") {
  Yard yard;
  // Bytes that no other test case refers to.
  const std::string bytes = new_id().to_string();
  const std::string good = body_of(task_with({"request_file_files", bytes, "a.txt", ""}));
  const auto type = [](const std::string& boundary) {
    return "multipart/form-data; boundary=" + boundary;
  };
  CHECK(yard.post(good, type(std::string(71, 'X'))).status == 415);
  CHECK(yard.post(good, type("\"\"")).status == 415);
  CHECK(yard.post(good, type("XX; boundary=YY")).status == 415);
  CHECK(yard.post(good, "multipart/mixed; boundary=XX").status == 415);
  CHECK(yard.post(good, type("YY")).code() == "malformed-form");
  CHECK(yard.post("preamble\r\n" + good).code() == "malformed-form");
  CHECK(yard.post(good + "--XX\r\n").code() == "malformed-form");
  CHECK(yard.post(good.substr(0, good.size() - 4)).code() == "malformed-form");
  const auto part = [](const std::string& header) {
    return "--XX\r\n" + header + "\r\n\r\nege\r\n--XX--\r\n";
  };
  const std::string disposition = "Content-Disposition: form-data; name=exam";
  for (const std::string& header :
       {disposition + "\r\n folded: yes", disposition + "\r\n" + disposition,
        std::string{"Content-Type: text/plain"}, disposition + "; name=subject",
        disposition + "\r\nContent-Transfer-Encoding: base64", disposition + "\nX: bare line feed",
        disposition + "\r\nX: " + std::string(5'000, 'x')}) {
    INFO(header.substr(0, 80));
    const int status = yard.post(part(header)).status;
    CHECK((status == 400 || status == 413));
  }
  CHECK(yard.is_empty());
}

TEST_CASE("what looks like a boundary in a file's bytes is bytes", "[file][hostile]") {
  Yard yard;
  const std::string bytes = "a\r\n--X\r\n\r\n--XY--\r\n--xx\r\n --XX";
  const Reply made =
      yard.post(body_of(task_with({"request_file_files", bytes, "a.txt", "text/plain"})));
  REQUIRE(made.status == 201);
  const std::string link = path_of(made.body.at("task_file_urls").at(0));
  CHECK(open_link(yard.process, link).response.body == bytes);
}

TEST_CASE("what a browser would run is sent as an attachment in a sandbox", "[file][hostile]") {
  Yard yard;
  const Caller anna{new_id(), Role::customer};
  Pieces source{body_of({{"type", "T", "", ""},
                         {"name", "N", "", ""},
                         {"file", "<html><script>alert(1)</script>", "page.html", "image/png"}})};
  const Reply made{
      yard.process.ask("POST", "/v1/documents", &source, anna, {{"Content-Type", kFormType}})};
  REQUIRE(made.status == 201);
  CHECK(made.member("content_type") == "text/html");
  const Reply page{
      yard.process.ask("GET", "/v1/documents/" + made.member("id") + "/content", nullptr, anna)};
  CHECK(page.header("Content-Disposition").starts_with("attachment"));
  CHECK(page.header("X-Content-Type-Options") == "nosniff");
  CHECK(page.header("Content-Security-Policy") == "default-src 'none'; sandbox");
}
