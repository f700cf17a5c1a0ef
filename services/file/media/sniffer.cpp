// The one file that includes libmagic.
#include "services/file/media/sniffer.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include <magic.h>

namespace waybill::file::media {
namespace {

constexpr std::size_t kHead = 64 * 1024;
constexpr std::size_t kTail = 64 * 1024;
constexpr std::size_t kPdfHead = 1024;  // readers look for its mark as far as there

constexpr std::string_view kUnknown = "application/octet-stream";
constexpr std::string_view kDocument =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr std::string_view kSheet =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::string_view kMacroSheet = "application/vnd.ms-excel.sheet.macroEnabled.12";
constexpr std::string_view kOpenSheet = "application/vnd.oasis.opendocument.spreadsheet";

// [MS-CFB]: the signature, and the directory's entries of 128 bytes, which begin with their names
// in UTF-16.
constexpr std::string_view kCompound{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8};
constexpr std::size_t kEntry = 128;

bool begins_with_name(std::string_view entry, std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (entry[2 * i] != name[i] || entry[2 * i + 1] != 0) return false;
  }
  return entry[2 * name.size()] == 0 && entry[2 * name.size() + 1] == 0;
}

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

// The names in the central directory of a zip file (APPNOTE 4.3.12, 4.3.16), where it is all within
// `tail`, the last bytes of a file of `size`.
std::vector<std::string_view> zip_names(std::string_view tail, std::uint64_t size) {
  std::vector<std::string_view> names;
  const std::size_t end = tail.rfind("PK\5\6");
  if (end == std::string_view::npos || tail.size() - end < 22) return names;
  const std::uint64_t first = size - tail.size();
  const std::uint64_t directory = number(tail, end + 16, 4);
  if (directory < first || directory >= first + end) return names;
  for (std::size_t at = directory - first; at + 46 <= end;) {
    if (tail.substr(at, 4) != "PK\1\2") break;
    const std::size_t name = number(tail, at + 28, 2);
    if (at + 46 + name > end) break;
    names.push_back(tail.substr(at + 46, name));
    at += 46 + name + number(tail, at + 30, 2) + number(tail, at + 32, 2);
  }
  return names;
}

std::string_view zip_type(std::string_view head, std::string_view tail, std::uint64_t size) {
  // OpenDocument 1.2, part 3, 3.3: the first entry says what it is, and is not packed.
  if (head.size() > 38 && head.substr(30, 8) == "mimetype" &&
      head.substr(38).starts_with(kOpenSheet)) {
    return kOpenSheet;
  }
  const auto names = zip_names(tail, size);
  const auto has = [&names](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!has("[Content_Types].xml")) return "application/zip";
  if (has("word/document.xml")) return has("word/vbaProject.bin") ? "application/zip" : kDocument;
  if (has("xl/workbook.xml")) return has("xl/vbaProject.bin") ? kMacroSheet : kSheet;
  return "application/zip";
}

// Whether a zip file ends here (APPNOTE 4.3.16): its readers look from the end.
bool ends_as_zip(std::string_view tail) {
  const std::size_t end = tail.rfind("PK\5\6");
  return end != std::string_view::npos && tail.size() - end >= 22 &&
         end + 22 + number(tail, end + 20, 2) == tail.size();
}

bool has_any_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
  };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
}

// A file may be two things at once, for two readers: what looks like a picture, a sound or a video
// and is an archive, a document or a page as well is the latter.
std::string_view other_type(std::string_view found, std::string_view head, std::string_view tail) {
  const bool is_media =
      found.starts_with("image/") || found.starts_with("audio/") || found.starts_with("video/");
  if (ends_as_zip(tail)) return "application/zip";
  if (!is_media) return found;
  if (head.substr(0, kPdfHead).find("%PDF-") != std::string_view::npos) return "application/pdf";
  for (const std::string_view mark : {"<script", "<html", "<!doctype html", "<?php"}) {
    if (has_any_case(head, mark)) return "text/html";
  }
  return found;
}

// One for all: its database takes some megabytes, and loading it some milliseconds.
class Magic {
 public:
  Magic() : cookie_{magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR)} {
    if (!cookie_ || magic_load(cookie_, nullptr)) {
      throw std::runtime_error("libmagic has no database");
    }
  }
  ~Magic() { magic_close(cookie_); }
  Magic(const Magic&) = delete;
  Magic& operator=(const Magic&) = delete;

  std::string type(std::string_view bytes) {
    const std::lock_guard lock{mutex_};  // it may not be used by two at once
    const char* found = magic_buffer(cookie_, bytes.data(), bytes.size());
    return std::string{found ? std::string_view{found} : kUnknown};
  }

 private:
  const magic_t cookie_;
  std::mutex mutex_;
};

std::string magic_type(std::string_view head) {
  static Magic magic;
  return magic.type(head);
}

// Languages that are written in text are text; what a browser would execute is not only that.
bool is_plain(std::string_view type) {
  for (const std::string_view active : {"text/html", "text/xml", "text/javascript", "text/css"}) {
    if (type == active) return false;
  }
  return type.starts_with("text/") || type == "application/json" ||
         type == "application/x-ndjson" || type == "message/rfc822";
}

}  // namespace

void Sniffer::take(std::string_view bytes) {
  if (head_.size() < kHead) {
    head_.append(bytes.substr(0, kHead - head_.size()));
    if (head_.size() == kHead) head_type_ = magic_type(head_);
  }
  keep_tail(bytes);
  if (head_.starts_with(kCompound)) look_for_streams(bytes);
  if (!has_control_) look_at_text(bytes);
  size_ += bytes.size();
}

void Sniffer::keep_tail(std::string_view bytes) {
  if (bytes.size() > kTail) bytes.remove_prefix(bytes.size() - kTail);
  const std::size_t kept = std::min(tail_.size(), kTail - bytes.size());
  tail_.erase(0, tail_.size() - kept);
  tail_.append(bytes);
}

void Sniffer::look_for_streams(std::string_view bytes) {
  while (!bytes.empty() && !(has_word_ || has_workbook_)) {
    const std::size_t count = std::min(kEntry - block_.size(), bytes.size());
    block_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (block_.size() < kEntry) return;
    has_word_ = begins_with_name(block_, "WordDocument");
    has_workbook_ = begins_with_name(block_, "Workbook") || begins_with_name(block_, "Book");
    block_.clear();
  }
}

// Valid UTF-8 or any Windows code page: no NUL, and of the control characters only those of text.
void Sniffer::look_at_text(std::string_view bytes) {
  has_control_ = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f');
  });
}

std::string Sniffer::certain_type() const {
  if (head_.size() < kHead || head_.starts_with("PK\3\4") || head_.starts_with(kCompound))
    return {};
  return is_plain(head_type_) ? std::string{} : head_type_;
}

std::string Sniffer::type() const {
  if (size_ == 0) return std::string{kUnknown};
  if (head_.starts_with("PK\3\4")) return std::string{zip_type(head_, tail_, size_)};
  if (head_.starts_with(kCompound)) {
    if (has_word_) return "application/msword";
    return has_workbook_ ? "application/vnd.ms-excel" : "application/x-ole-storage";
  }
  const std::string found = head_type_.empty() ? magic_type(head_) : head_type_;
  if (!is_plain(found)) return std::string{other_type(found, head_, tail_)};
  return std::string{is_text() ? "text/plain" : kUnknown};
}

}  // namespace waybill::file::media
