// A form means the same however its bytes are cut into pieces.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "libs/web/multipart.hpp"

namespace {

using namespace waybill::web;
using Event = MultipartParser::Event;

// What is taken for parts, in words. Bytes of a part that a refusal follows may or may not have
// been given before, so only whole parts count then.
std::string parse(std::string_view bytes, std::size_t first_piece, std::size_t further_pieces) {
  MultipartParser parser{"B", {4, 256}};
  std::string whole;
  std::string present;
  for (std::size_t piece = first_piece; !bytes.empty(); piece = further_pieces) {
    parser.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      const Event event = parser.next();
      if (event == Event::refused) return whole + " refused";
      if (event == Event::more || event == Event::end) break;
      if (event == Event::part) {
        const Part& part = parser.part();
        present = part.name + '|' + part.file_name.value_or("-") + '|' + part.content_type + '|';
      }
      if (event == Event::data) present += parser.data();
      if (event == Event::end_of_part) whole += std::exchange(present, {}) + ';';
    }
  }
  return whole + present;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const std::string whole = parse(bytes, bytes.size(), 1);
  if (parse(bytes, 1, 1) != whole) std::abort();
  if (parse(bytes, data[0] + 1u, bytes.size()) != whole) std::abort();
  (void)multipart_boundary(bytes);
  (void)file_name_of(bytes);
  return 0;
}
