// A request means the same however its bytes are cut into pieces: at once, byte by byte, or at the
// place that the first byte of the input names.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "libs/web/request_parser.hpp"

namespace {

using namespace waybill::web;
using State = RequestParser::State;

ServerLimits small_limits() {
  ServerLimits limits;
  limits.header_bytes = 512;
  limits.target_bytes = 100;
  limits.body_bytes = 64;
  return limits;
}

void append(std::string& text, const Request& request) {
  text += request.method + ' ' + request.target + ' ' + request.path + '\n';
  for (const auto& [name, value] : request.query) text += name + '=' + value + '\n';
  for (const auto& [name, value] : request.headers) text += name + ": " + value + '\n';
  text += request.body + '\n';
}

// Takes requests from `waiting` until it needs more.
State take_all(RequestParser& parser, std::string& waiting, Request& request, std::string& text) {
  for (;;) {
    std::string_view input = waiting;
    const State state = parser.feed(input, request);
    waiting.erase(0, waiting.size() - input.size());
    if (state == State::done) append(text, request);
    if (state != State::done || waiting.empty()) return state;
  }
}

// What is taken for requests, in words. When a wrong one is refused may differ, what is taken may
// not.
std::string parse(std::string_view bytes, std::size_t first_piece, std::size_t further_pieces) {
  const ServerLimits limits = small_limits();
  RequestParser parser{limits};
  Request request;
  std::string waiting;
  std::string text;
  std::size_t piece = first_piece;
  State state = State::header;
  while (!bytes.empty() && state != State::refused) {
    waiting.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    state = take_all(parser, waiting, request, text);
    piece = further_pieces;
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // A few bytes of a chunked body may be kept waiting for more, so more comes behind.
  const std::string bytes =
      std::string{reinterpret_cast<const char*>(data) + 1, size - 1} + "XXXXXXXX";
  const std::string whole = parse(bytes, bytes.size(), 1);
  if (parse(bytes, 1, 1) != whole) std::abort();
  if (parse(bytes, data[0] + 1u, bytes.size()) != whole) std::abort();
  return 0;
}
