// What a file is, by its bytes while they pass: libmagic for most; office files by what is inside
// of them, text by all of its bytes; of one that is two things the more dangerous one. Keeps a
// little of the beginning and of the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::file::media {

class Sniffer {
 public:
  void take(std::string_view bytes);
  // Of all that came; application/octet-stream where nothing is known.
  std::string type() const;
  // The same as soon as nothing that comes can change it; empty before.
  std::string certain_type() const;

 private:
  void keep_tail(std::string_view bytes);
  void look_for_streams(std::string_view bytes);
  void look_at_text(std::string_view bytes);
  bool is_text() const { return !has_control_; }

  std::string head_;
  std::string head_type_;  // once the head is whole
  std::string tail_;
  std::uint64_t size_ = 0;
  std::string block_;  // of a compound file, until it is whole
  bool has_word_ = false;
  bool has_workbook_ = false;
  bool has_control_ = false;
};

}  // namespace waybill::file::media
