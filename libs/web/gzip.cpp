#include "libs/web/gzip.hpp"

#include <stdexcept>

#include <strings.h>
#include <zlib.h>

#include "libs/core/text.hpp"

namespace waybill::web {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way of asking for a gzip header
constexpr int kMemory = 8;

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

// "gzip;q=0.5": is the weight above zero? "0", "0.", "0.0", "0.00" and "0.000" are zero.
bool has_weight(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto semicolon = parameters.find(';');
    const std::string_view one = trimmed(parameters.substr(0, semicolon));
    if (one.size() > 2 && (one[0] == 'q' || one[0] == 'Q') && one[1] == '=') {
      return one.find_first_not_of("0.", 2) != std::string_view::npos;
    }
    if (semicolon == std::string_view::npos) break;
    parameters.remove_prefix(semicolon + 1);
  }
  return true;
}

}  // namespace

std::string gzip(std::string_view bytes, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib can't start");
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib can't finish");
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool others = false;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const std::string_view one = accept_encoding.substr(0, comma);
    const auto semicolon = std::min(one.find(';'), one.size());
    const std::string_view coding = trimmed(one.substr(0, semicolon));
    const bool wanted = has_weight(one.substr(std::min(semicolon + 1, one.size())));
    if (same(coding, "gzip") || same(coding, "x-gzip")) return wanted;
    if (coding == "*") others = wanted;
    if (comma == std::string_view::npos) break;
    accept_encoding.remove_prefix(comma + 1);
  }
  return others;
}

}  // namespace waybill::web
