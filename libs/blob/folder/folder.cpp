// The folder store: objects/<key> for what is finished, incoming/<uuid> for what is on its way.
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libs/blob/blob.hpp"
#include "libs/core/id.hpp"
#include "libs/metrics/outgoing.hpp"

namespace waybill::blob {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTarget = "folder";
// Writing begins as soon as so much has come, so that little is left to be waited for at the end.
constexpr std::uint64_t kWriteBehind = 8 * 1024 * 1024;

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw StoreError(what + ' ' + path.string() + ": " + std::strerror(errno));
}

// A file or folder that is open, until it goes out of scope.
class File {
 public:
  File(const fs::path& path, int flags, mode_t mode = 0)
      : path_{path}, handle_{::open(path.c_str(), flags | O_CLOEXEC, mode)} {}
  ~File() {
    if (handle_ >= 0) ::close(handle_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return handle_ >= 0; }
  int handle() const { return handle_; }
  const fs::path& path() const { return path_; }
  void sync() const {
    if (::fsync(handle_)) fail("can't sync", path_);
  }

 private:
  const fs::path path_;
  const int handle_;
};

void sync_folder(const fs::path& folder) {
  const File opened{folder, O_RDONLY | O_DIRECTORY};
  if (!opened.is_open()) fail("can't open", folder);
  opened.sync();
}

// Makes the folder and those above it that are missing; their entries are synced too.
void make_folders(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(folder.parent_path());
  if (errno == EEXIST) return;
  if (errno != ENOENT) fail("can't make", folder);
  make_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) && errno != EEXIST) fail("can't make", folder);
  sync_folder(folder.parent_path());
}

Instant instant(const timespec& at) {
  return Instant{std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec})};
}

class FolderUpload final : public Upload {
 public:
  FolderUpload(const fs::path& incoming, fs::path objects)
      : objects_{std::move(objects)},
        file_{incoming / new_id().to_string(), O_WRONLY | O_CREAT | O_EXCL, 0600} {
    if (!file_.is_open()) fail("can't create", file_.path());
  }
  ~FolderUpload() override {
    if (!finished_) ::unlink(file_.path().c_str());
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_.handle(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("can't write", file_.path());
      bytes.remove_prefix(static_cast<std::size_t>(count));
      size_ += static_cast<std::uint64_t>(count);
    }
    if (size_ - begun_ < kWriteBehind) return;
    ::sync_file_range(file_.handle(), static_cast<off64_t>(begun_),
                      static_cast<off64_t>(size_ - begun_), SYNC_FILE_RANGE_WRITE);
    begun_ = size_;
  }

  void finish(const std::string& key) override {
    if (!is_key(key)) throw std::invalid_argument("no key: " + key);
    metrics::Outgoing call{kTarget, "put"};
    file_.sync();
    const fs::path place = objects_ / key;
    make_folders(place.parent_path());
    if (::rename(file_.path().c_str(), place.c_str())) fail("can't rename to", place);
    finished_ = true;
    sync_folder(place.parent_path());
    call.succeeded();
  }

 private:
  const fs::path objects_;
  const File file_;
  std::uint64_t size_ = 0;
  std::uint64_t begun_ = 0;  // up to here the kernel was told to write
  bool finished_ = false;
};

class FolderDownload final : public Download {
 public:
  FolderDownload(std::unique_ptr<File> file, std::uint64_t first, std::uint64_t length)
      : file_{std::move(file)}, at_{first}, left_{length} {}

  std::string read(std::size_t most) override {
    std::string bytes;
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, left_)));
    std::size_t got = 0;
    while (got < bytes.size()) {
      const ssize_t count = ::pread(file_->handle(), bytes.data() + got, bytes.size() - got,
                                    static_cast<off_t>(at_ + got));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("can't read", file_->path());
      if (count == 0) throw StoreError(file_->path().string() + " is too short");
      got += static_cast<std::size_t>(count);
    }
    at_ += got;
    left_ -= got;
    return bytes;
  }

 private:
  const std::unique_ptr<File> file_;
  std::uint64_t at_;
  std::uint64_t left_;
};

class FolderStore final : public Store {
 public:
  explicit FolderStore(const fs::path& folder)
      : objects_{folder / "objects"}, incoming_{folder / "incoming"} {
    make_folders(objects_);
    make_folders(incoming_);
  }

  std::unique_ptr<Upload> begin() override {
    return std::make_unique<FolderUpload>(incoming_, objects_);
  }

  std::unique_ptr<Download> open(const std::string& key, std::uint64_t first,
                                 std::uint64_t length) override {
    metrics::Outgoing call{kTarget, "get"};
    auto file = std::make_unique<File>(place(key), O_RDONLY | O_NOFOLLOW);
    if (!file->is_open() && errno != ENOENT) fail("can't open", file->path());
    call.succeeded();
    if (!file->is_open()) return nullptr;
    return std::make_unique<FolderDownload>(std::move(file), first, length);
  }

  std::optional<Object> find(const std::string& key) override {
    metrics::Outgoing call{kTarget, "find"};
    const fs::path path = place(key);
    struct stat found;
    if (::lstat(path.c_str(), &found)) {
      if (errno != ENOENT && errno != ENOTDIR) fail("can't look at", path);
      call.succeeded();
      return std::nullopt;
    }
    call.succeeded();
    if (!S_ISREG(found.st_mode)) return std::nullopt;
    return Object{key, static_cast<std::uint64_t>(found.st_size), instant(found.st_mtim)};
  }

  void remove(const std::string& key) override {
    metrics::Outgoing call{kTarget, "remove"};
    const fs::path path = place(key);
    if (::unlink(path.c_str()) && errno != ENOENT) fail("can't remove", path);
    call.succeeded();
  }

  std::vector<Object> list(const std::string& after, std::size_t most) override {
    metrics::Outgoing call{kTarget, "list"};
    std::vector<Object> objects;
    walk(objects_, "", after, most, objects);
    call.succeeded();
    return objects;
  }

  std::size_t sweep(Instant before) override {
    metrics::Outgoing call{kTarget, "sweep"};
    std::size_t swept = 0;
    for (const fs::path& path : sorted(incoming_)) {
      struct stat found;
      if (::lstat(path.c_str(), &found) || instant(found.st_mtim) >= before) continue;
      if (::unlink(path.c_str()) == 0) ++swept;
    }
    call.succeeded();
    return swept;
  }

  std::optional<std::string> link(const std::string&, seconds) override { return std::nullopt; }

 private:
  fs::path place(const std::string& key) const {
    if (!is_key(key)) throw std::invalid_argument("no key: " + key);
    return objects_ / key;
  }

  static std::vector<fs::path> sorted(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder, error}) paths.push_back(entry.path());
    if (error) throw StoreError("can't list " + folder.string() + ": " + error.message());
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  // '/' comes before everything else that a key is made of, so folders in the order of their names
  // give keys in their order. A folder that holds only what comes before `after` is left out.
  void walk(const fs::path& folder, const std::string& prefix, const std::string& after,
            std::size_t most, std::vector<Object>& out) {
    for (const fs::path& path : sorted(folder)) {
      if (out.size() >= most) return;
      const std::string key = prefix + path.filename().string();
      if (fs::is_directory(fs::symlink_status(path))) {
        const bool passed = key < after && !after.starts_with(key + '/');
        if (!passed) walk(path, key + '/', after, most, out);
      } else if (key > after) {
        if (auto object = is_key(key) ? find(key) : std::nullopt) out.push_back(std::move(*object));
      }
    }
  }

  const fs::path objects_;
  const fs::path incoming_;
};

}  // namespace

std::unique_ptr<Store> make_folder_store(const std::string& folder) {
  return std::make_unique<FolderStore>(fs::absolute(folder));
}

}  // namespace waybill::blob
