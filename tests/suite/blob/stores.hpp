// What the suite runs against: each test case runs once per store.
#pragma once

#include <filesystem>

#include <catch2/catch.hpp>

#include "libs/blob/s3.hpp"
#include "libs/core/digest.hpp"
#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"

namespace waybill::blob {

inline std::string plain(const Id& id) {
  std::string text = id.to_string();
  std::erase(text, '-');
  return text;
}

inline S3Options s3_options() {
  S3Options options;
  options.endpoint = testing::environment("WAYBILL_S3_ENDPOINT");
  options.access_key = testing::environment("WAYBILL_S3_ACCESS_KEY");
  options.secret_key = config::Secret{testing::environment("WAYBILL_S3_SECRET_KEY")};
  options.bucket = "suite-" + plain(new_id()).substr(0, 30);
  options.part = 5 * 1024 * 1024;
  options.tries = 2;
  return options;
}

// A store with nothing in it, and another one over the same place.
struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::unique_ptr<Store> open() const { return make_folder_store(path); }

  const std::string path =
      (std::filesystem::temp_directory_path() / ("blob-" + new_id().to_string())).string();
};

struct S3 {
  std::unique_ptr<Store> open() const { return make_s3_store(options); }

  const S3Options options = s3_options();
};

inline std::string key_of(std::string_view bytes) {
  const std::string digest = sha256_hex(bytes);
  return "sha256/" + digest.substr(0, 2) + '/' + digest;
}

inline std::string put(Store& store, const std::string& bytes) {
  const auto upload = store.begin();
  upload->write(bytes);
  upload->finish(key_of(bytes));
  return key_of(bytes);
}

inline std::string read(Download& download) {
  std::string all;
  for (std::string piece; !(piece = download.read(100'000)).empty();) all += piece;
  return all;
}

inline std::string get(Store& store, const std::string& key, std::uint64_t first,
                       std::uint64_t length) {
  const auto download = store.open(key, first, length);
  REQUIRE(download);
  return read(*download);
}

// Bytes that don't repeat within a part.
inline std::string noise(std::size_t size) {
  std::string bytes;
  bytes.reserve(size + 32);
  for (std::uint64_t state = size + 1; bytes.size() < size;) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    bytes.append(reinterpret_cast<const char*>(&state), sizeof state);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace waybill::blob
