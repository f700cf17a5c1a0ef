#include "libs/log/log.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

using namespace waybill;

namespace {

// Lines go to the file as long as this lives.
class StandardError {
 public:
  explicit StandardError(const std::string& path) : kept_{::dup(STDERR_FILENO)} { lead_to(path); }
  ~StandardError() {
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }
  void lead_to(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    REQUIRE(file >= 0);
    ::dup2(file, STDERR_FILENO);
    ::close(file);
  }

 private:
  int kept_;
};

std::string content(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("a full disk costs lines, not the service, and lines come again when there is room",
          "[log]") {
  const std::string path =
      std::filesystem::temp_directory_path() / ("log_test." + std::to_string(::getpid()));
  {
    StandardError error{"/dev/full"};
    log::start("test", log::Level::info);
    for (int i = 0; i < 20'000; ++i) log::info("test.lost", {{"line", i}});
    log::stop();
    log::start("test", log::Level::info);
    log::info("test.lost", {});
    error.lead_to(path);
    log::info("test.kept", {{"line", 1}});
    log::stop();
  }
  CHECK(content(path).find(R"("event":"test.kept","line":1})") != std::string::npos);
  std::filesystem::remove(path);
}
