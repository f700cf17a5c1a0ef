#include "libs/image/image.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

using namespace waybill;
using namespace waybill::image;

namespace {

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

// PNG (RFC 2083), section 3.2.
std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto* bytes = reinterpret_cast<const Bytef*>(body.data());
  const auto sum = static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(body.size())));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(sum);
}

std::string packed(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}

std::string header(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(width) + big_endian(height) + std::string{"\x8\x2\0\0\0", 5});
}

// Red, with a text of `secret` in it.
std::string png(std::uint32_t width, std::uint32_t height, const std::string& secret = "x") {
  std::string line(1, '\0');
  for (std::uint32_t x = 0; x < width; ++x) line += std::string{"\xff\0\0", 3};
  std::string pixels;
  for (std::uint32_t y = 0; y < height; ++y) pixels += line;
  return header(width, height) + chunk("tEXt", std::string{"Comment\0", 8} + secret) +
         chunk("IDAT", packed(pixels)) + chunk("IEND", "");
}

Properties properties_of(const std::string& bytes) {
  const auto found = probe(bytes);
  REQUIRE(found.has_value());
  return *found;
}

std::string shrunk(const std::string& bytes, const Shrinking& wanted = {}) {
  auto copy = shrink(bytes, wanted);
  REQUIRE(copy.has_value());
  return *copy;
}

}  // namespace

TEST_CASE("a picture says what it is without being decoded", "[image]") {
  const Properties small = properties_of(png(3, 2));
  CHECK(small.type == "image/png");
  CHECK(small.width == 3);
  CHECK(small.height == 2);
  const Properties bomb =
      properties_of(header(50'000, 50'000) + chunk("IDAT", packed("x")) + chunk("IEND", ""));
  CHECK(bomb.pixels() == 2'500'000'000);
}

TEST_CASE("a picture of too many pixels is refused before it is decoded", "[image]") {
  const auto refused =
      shrink(header(50'000, 50'000) + chunk("IDAT", packed("x")) + chunk("IEND", ""), {});
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "too-large");
  CHECK(refused.error().members.at("limit") == 50'000'000);
}

TEST_CASE("a large picture is shrunk to fit, a small one is never enlarged", "[image]") {
  const Properties wide = properties_of(shrunk(png(2'000, 500)));
  CHECK(wide.width == 960);
  CHECK(wide.height == 240);
  const Properties high = properties_of(shrunk(png(500, 2'000)));
  CHECK(high.width == 240);
  CHECK(high.height == 960);
  const Properties small = properties_of(shrunk(png(10, 20)));
  CHECK(small.width == 10);
  CHECK(small.height == 20);
}

TEST_CASE("what hides in a picture is not in its copy", "[image]") {
  const std::string original = png(10, 10, "<script>secret</script>");
  REQUIRE(original.find("secret") != std::string::npos);
  CHECK(shrunk(original).find("secret") == std::string::npos);
  const std::string jpeg = shrunk(png(10, 10), {.format = Format::jpeg});
  const std::string with_comment =
      jpeg.substr(0, 2) + std::string{"\xff\xfe\0\x8secret", 10} + jpeg.substr(2);
  REQUIRE(properties_of(with_comment).type == "image/jpeg");
  CHECK(shrunk(with_comment, {.format = Format::jpeg}).find("secret") == std::string::npos);
  CHECK(shrunk(png(9, 9) + "PK\3\4 an archive behind it").find("PK\3\4") == std::string::npos);
}

TEST_CASE("a picture can be had in the other format", "[image]") {
  const std::string jpeg = shrunk(png(40, 30), {.format = Format::jpeg});
  CHECK(properties_of(jpeg).type == "image/jpeg");
  const std::string back = shrunk(jpeg);
  CHECK(properties_of(back).type == "image/png");
  CHECK(properties_of(back).width == 40);
}

TEST_CASE("what is no picture, or a broken one, is refused", "[image]") {
  const std::string whole = png(100, 100);
  for (const std::string& bytes :
       {std::string{}, std::string{"no image"},
        std::string{"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"}, std::string{"%PDF-1.7\n"},
        std::string{"P6 1 1 255 abc"}, whole.substr(0, 20), whole.substr(0, whole.size() / 2)}) {
    INFO(bytes.substr(0, 40));
    const auto refused = shrink(bytes, {});
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == "unsupported-type");
  }
}
