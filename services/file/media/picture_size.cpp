#include "services/file/media/picture_size.hpp"

#include <algorithm>

namespace waybill::file::media {
namespace {

// PNG (RFC 2083), sections 3.1 and 4.1.1: signature, then length and name of IHDR, width, height.
constexpr std::string_view kPng{"\x89PNG\r\n\x1a\n", 8};
constexpr std::size_t kPngHead = 24;

// JPEG (ITU-T T.81), table B.1.
constexpr unsigned kMark = 0xff, kScan = 0xda, kEnd = 0xd9;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte_at(bytes, at + i);
  return value;
}

bool is_frame(unsigned marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// Markers without a segment.
bool stands_alone(unsigned marker) {
  return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

}  // namespace

void PictureSize::take(std::string_view bytes) {
  while (state_ != State::end && !bytes.empty()) {
    if (skipped_ > 0) {
      const auto count = std::min<std::uint64_t>(skipped_, bytes.size());
      skipped_ -= count;
      bytes.remove_prefix(count);
      continue;
    }
    const std::size_t count = std::min(needed_ - pending_.size(), bytes.size());
    pending_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (pending_.size() == needed_) step();
  }
}

void PictureSize::expect(State state, std::size_t bytes) {
  state_ = state;
  needed_ = bytes;
}

void PictureSize::step() {
  switch (state_) {
    case State::begin:
      if (pending_ == kPng.substr(0, 2)) return expect(State::png, kPngHead);
      if (pending_ != "\xff\xd8") return expect(State::end, 0);
      pending_.clear();
      return expect(State::segment, 4);
    case State::png:
      if (pending_.starts_with(kPng)) pixels_ = number(pending_, 16, 4) * number(pending_, 20, 4);
      return expect(State::end, 0);
    case State::segment:
      return read_segment();
    case State::frame:
      pixels_ = number(pending_, 1, 2) * number(pending_, 3, 2);
      return expect(State::end, 0);
    case State::end:
      return;
  }
}

// A marker and the length of its segment, which counts itself.
void PictureSize::read_segment() {
  const unsigned marker = byte_at(pending_, 1);
  const std::uint64_t length = number(pending_, 2, 2);
  if (byte_at(pending_, 0) != kMark || marker == kScan || marker == kEnd) {
    return expect(State::end, 0);
  }
  if (marker == kMark || stands_alone(marker)) {  // bytes between segments: look again behind them
    pending_.erase(0, marker == kMark ? 1 : 2);
    return;
  }
  if (length < 2) return expect(State::end, 0);
  pending_.clear();
  if (is_frame(marker)) return expect(State::frame, 5);
  skipped_ = length - 2;
}

}  // namespace waybill::file::media
