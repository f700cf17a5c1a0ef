#include "libs/web/gzip.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

using namespace waybill::web;

namespace {

std::string gunzip(const std::string& bytes, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  return result == Z_STREAM_END && stream.avail_out == 0 ? out : "broken";
}

}  // namespace

TEST_CASE("what was packed comes out as it was", "[web][gzip]") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * i) + ',';
  for (const int level : {1, 6, 9}) {
    const std::string packed = gzip(text, level);
    CHECK(packed.size() < text.size() / 2);
    CHECK(gunzip(packed, text.size()) == text);
  }
  CHECK(gunzip(gzip("", 1), 0) == "");
}

TEST_CASE("a client gets gzip only where it asks for it", "[web][gzip]") {
  for (const char* yes : {"gzip", "GZIP", "deflate, gzip", "gzip;q=0.1", "br;q=1.0, gzip;q=0.001",
                          "*", "*;q=0.5", "x-gzip", "identity;q=0, gzip", " gzip ; q=1 "}) {
    INFO(yes);
    CHECK(accepts_gzip(yes));
  }
  for (const char* no : {"", "br", "gzip;q=0", "gzip;q=0.000", "*, gzip;q=0", "gzip;q=0, *",
                         "*;q=0", "identity", "gzipped", ",,", ";q=1"}) {
    INFO(no);
    CHECK_FALSE(accepts_gzip(no));
  }
}
