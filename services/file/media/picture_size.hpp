// How many pixels a PNG or JPEG says that it has, found while its bytes pass: nothing is decoded,
// so a picture that would fill the memory costs nothing. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill::file::media {

class PictureSize {
 public:
  void take(std::string_view bytes);
  // nullopt: not known yet, or it is neither.
  std::optional<std::uint64_t> pixels() const { return pixels_; }

 private:
  enum class State { begin, png, segment, frame, end };

  void step();
  void read_segment();
  void expect(State state, std::size_t bytes);

  State state_ = State::begin;
  std::size_t needed_ = 2;
  std::string pending_;        // of what is needed
  std::uint64_t skipped_ = 0;  // what is still to be passed over
  std::optional<std::uint64_t> pixels_;
};

}  // namespace waybill::file::media
