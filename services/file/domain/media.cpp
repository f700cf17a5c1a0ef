#include "services/file/domain/media.hpp"

#include <algorithm>
#include <array>

namespace waybill::file::domain {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

constexpr std::string_view kSounds[]{"audio/wav", "audio/mpeg", "audio/ogg"};
constexpr std::string_view kFiles[]{
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroEnabled.12",
    "application/vnd.oasis.opendocument.spreadsheet"};
constexpr std::string_view kPhotos[]{"image/jpeg", "image/png"};
constexpr std::string_view kVideos[]{"video/mp4",       "video/webm",       "video/x-msvideo",
                                     "video/mpeg",      "video/3gpp",       "video/3gpp2",
                                     "video/quicktime", "video/x-matroska", "video/x-ms-wmv",
                                     "video/x-flv",     "video/ogg"};

constexpr MediaKind kKinds[]{
    {"sound", "request_sound_files", 10, 50 * kMiB, kSounds},
    {"file", "request_file_files", 10, 50 * kMiB, kFiles},
    {"photo", "request_photo_files", 20, 20 * kMiB, kPhotos, 50'000'000},
    {"video", "request_answer_video_file", 1, 1024 * kMiB, kVideos},
};

struct OtherName {
  std::string_view kind;
  std::string_view found;
  std::string_view name;
};

// As libmagic says it → as the contract does.
constexpr OtherName kOtherNames[]{
    {"sound", "audio/x-wav", "audio/wav"},
    {"sound", "audio/mp3", "audio/mpeg"},
    {"sound", "application/ogg", "audio/ogg"},
    {"sound", "video/ogg", "audio/ogg"},
    {"photo", "image/jpg", "image/jpeg"},
    {"video", "application/ogg", "video/ogg"},
    {"video", "audio/ogg", "video/ogg"},
    {"video", "video/x-m4v", "video/mp4"},
    {"video", "video/x-ms-asf", "video/x-ms-wmv"},
    {"video", "video/mp2p", "video/mpeg"},
    {"video", "video/mp2t", "video/mpeg"},
    {"video", "video/mpv", "video/mpeg"},
    {"video", "application/x-matroska", "video/x-matroska"},
};

std::string_view family(std::string_view type) {
  return type.substr(0, type.find('/'));
}

constexpr std::string_view kShown[]{"image/jpeg", "image/png", "image/gif",  "image/webp",
                                    "text/plain", "audio/wav", "audio/mpeg", "audio/ogg"};

}  // namespace

std::span<const MediaKind> media_kinds() {
  return kKinds;
}

const MediaKind* find_kind_of_part(std::string_view part) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [part](const MediaKind& kind) { return kind.part == part; });
  return found == std::end(kKinds) ? nullptr : found;
}

const MediaKind* find_kind(std::string_view name) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [name](const MediaKind& kind) { return kind.name == name; });
  return found == std::end(kKinds) ? nullptr : found;
}

std::string_view accepted_type(const MediaKind& kind, std::string_view found) {
  for (const OtherName& other : kOtherNames) {
    if (other.kind == kind.name && other.found == found) return other.name;
  }
  const auto same = std::find(kind.accepted.begin(), kind.accepted.end(), found);
  return same == kind.accepted.end() ? std::string_view{} : *same;
}

bool is_fitting(std::string_view declared, std::string_view found) {
  declared = declared.substr(0, declared.find(';'));
  if (declared.empty() || declared == "application/octet-stream") return true;
  const bool is_ogg = declared == "application/ogg" && found.ends_with("/ogg");
  return is_ogg || family(declared) == family(found);
}

bool may_be_shown(std::string_view content_type) {
  return content_type.starts_with("video/") ||
         std::find(std::begin(kShown), std::end(kShown), content_type) != std::end(kShown);
}

}  // namespace waybill::file::domain
