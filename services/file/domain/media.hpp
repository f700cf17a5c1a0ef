// What may be uploaded as what: the parts of a task, their limits, and the types that are taken.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace waybill::file::domain {

struct MediaKind {
  std::string_view name;  // sound: in rows, events and labels
  std::string_view part;  // of the form
  std::size_t most;       // files
  std::uint64_t most_bytes;
  std::span<const std::string_view> accepted;  // as problems name them
  std::uint64_t most_pixels = 0;               // 0: no pictures
};

std::span<const MediaKind> media_kinds();
const MediaKind* find_kind_of_part(std::string_view part);
const MediaKind* find_kind(std::string_view name);

// What magic bytes found, by the name under which this kind accepts and serves it; empty: it
// doesn't. One container may be several things: Ogg is audio among sounds and video as a video.
std::string_view accepted_type(const MediaKind& kind, std::string_view found);

// Does the type that a client declares fit what was found? None and application/octet-stream do;
// audio that is declared an image does not.
bool is_fitting(std::string_view declared, std::string_view found);

// Types that no browser executes or embeds anything from, even when it is asked to show them.
bool may_be_shown(std::string_view content_type);

}  // namespace waybill::file::domain
