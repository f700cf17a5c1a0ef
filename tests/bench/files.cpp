#include "tests/bench/files.hpp"

#include <filesystem>
#include <fstream>

#include <boost/asio/ip/tcp.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "libs/core/digest.hpp"
#include "tests/bench/cpu.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::int64_t kMostGrowth = 16 * 1024;  // kB
constexpr std::size_t kPiece = 256 * 1024;
constexpr double kMega = 1e6;

// A folder that goes away.
struct Folder {
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }

  const fs::path path = fs::temp_directory_path() / e2e::unique("bench");
};

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// What /proc says of a process, in kB.
std::int64_t memory(pid_t pid, std::string_view name) {
  std::ifstream in{fmt::format("/proc/{}/status", pid)};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) return std::stoll(line.substr(name.size() + 1));
  }
  return 0;
}

// The processes that bytes go through, each with its size at the beginning.
class Watch {
 public:
  Watch() {
    for (const char* program : {"gateway", "file"}) {
      for (const pid_t pid : e2e::pids_of(program)) {
        std::ofstream{fmt::format("/proc/{}/clear_refs", pid)} << "5\n";  // forgets the peak
        before_.push_back({fmt::format("waybill-{} {}", program, pid), pid, memory(pid, "VmRSS")});
      }
    }
  }
  // Keeps the most of several rounds.
  void add_to(std::vector<FilesReport::Growth>& growth,
              std::int64_t FilesReport::Growth::*way) const {
    for (const auto& [program, pid, size] : before_) {
      auto known = std::find_if(growth.begin(), growth.end(),
                                [&](const auto& entry) { return entry.program == program; });
      if (known == growth.end()) known = growth.insert(growth.end(), {program, 0, 0});
      (*known).*way = std::max((*known).*way, memory(pid, "VmHWM") - size);
    }
  }

 private:
  struct Process {
    std::string program;
    pid_t pid;
    std::int64_t size;
  };
  std::vector<Process> before_;
};

// Random bytes in pieces: writes them, and gives their digest.
std::string make_file(const fs::path& path, std::uint64_t bytes) {
  std::ifstream random{"/dev/urandom", std::ios::binary};
  std::ofstream out{path, std::ios::binary};
  Sha256 digest;
  std::string piece(kPiece, '\0');
  for (std::uint64_t left = bytes; left > 0; left -= piece.size()) {
    piece.resize(std::min<std::uint64_t>(left, kPiece));
    random.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    digest.update(piece);
    out << piece;
  }
  return to_hex(digest.finish());
}

// Bytes per second of one thread that reads, hashes, writes and syncs.
double hash_and_write(const fs::path& from, const fs::path& to, std::uint64_t bytes) {
  const auto begun = std::chrono::steady_clock::now();
  std::ifstream in{from, std::ios::binary};
  const int out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0) throw std::runtime_error{"can't write " + to.string()};
  Sha256 digest;
  std::string piece(kPiece, '\0');
  bool is_ok = true;
  while (in.read(piece.data(), kPiece) || in.gcount() > 0) {
    const std::string_view got{piece.data(), static_cast<std::size_t>(in.gcount())};
    digest.update(got);
    is_ok = is_ok && ::write(out, got.data(), got.size()) == std::ssize(got);
  }
  is_ok = ::fsync(out) == 0 && is_ok;
  ::close(out);
  if (!is_ok) throw std::runtime_error{"can't write " + to.string()};
  return static_cast<double>(bytes) / seconds_since(begun);
}

std::uint16_t free_port() {
  boost::asio::io_context io;
  const boost::asio::ip::tcp::endpoint any{boost::asio::ip::make_address("127.0.0.1"), 0};
  return boost::asio::ip::tcp::acceptor{io, any}.local_endpoint().port();
}

// Bytes per second of curl against nginx as it comes, with sendfile. 0 without it.
double nginx_speed(const Folder& folder, const std::string& file) {
  if (e2e::run("command -v nginx || true").empty()) return 0;
  const std::uint16_t port = free_port();
  const fs::path conf = folder.path / "nginx.conf";
  std::ofstream{conf} << fmt::format(
      "pid {0}/nginx.pid; error_log {0}/error.log; worker_processes 1; events {{}}\n"
      "http {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {0}/body;\n"
      "proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi;\n"
      "scgi_temp_path {0}/scgi; server {{ listen 127.0.0.1:{1}; root {0}; }} }}\n",
      folder.path.string(), port);
  const std::string nginx =
      fmt::format("nginx -e {0}/error.log -p {0} -c {1}", folder.path.string(), conf.string());
  e2e::run(nginx);
  const std::string speed = e2e::run(fmt::format(
      "curl -sf -o /dev/null -w '%{{speed_download}}' http://127.0.0.1:{}/{}", port, file));
  e2e::run(nginx + " -s quit");
  return std::stod(speed);
}

class Transfers {
 public:
  explicit Transfers(const FilesOptions& options) : options_{options} {
    report_.bytes = options.bytes;
    digest_ = make_file(folder_.path / "big", options.bytes);
    std::ofstream{folder_.path / "header"} << "Authorization: Bearer " << e2e::ops_token() << '\n';
    make_document();
  }

  FilesReport run() {
    std::vector<double> up, down, alone, nginx;
    for (int i = 0; i < options_.rounds; ++i) {
      up.push_back(measure(&FilesReport::Growth::up, upload()));
      down.push_back(measure(&FilesReport::Growth::down, "-o /dev/null"));
      alone.push_back(hash_and_write(folder_.path / "big", folder_.path / "copy", options_.bytes));
      nginx.push_back(nginx_speed(folder_, "big"));
    }
    check_bytes();
    report_.up = median(up);
    report_.down = median(down);
    report_.hash_and_write = median(alone);
    report_.nginx = median(nginx);
    e2e::remove("/v1/documents/" + document_);
    return report_;
  }

 private:
  void make_document() {
    const e2e::Reply made = e2e::call(
        e2e::form_call("/v1/documents", {{"type", "Benchmark"}, {"name", e2e::unique("large")}},
                       {"file", "large", "small"}));
    if (made.status != 201) throw std::runtime_error{"no document: " + made.text};
    document_ = made.id();
  }

  std::string upload() const {
    return fmt::format("-o /dev/null -T {}/big -H Expect:", folder_.path.string());
  }

  std::string curl(const std::string& how) const {
    return fmt::format(
        "curl -s -H @{}/header -w '%{{http_code}} %{{time_total}}' {} "
        "http://{}/v1/documents/{}/content",
        folder_.path.string(), how, e2e::gateway_address(), document_);
  }

  double measure(std::int64_t FilesReport::Growth::*way, const std::string& how) {
    const Watch watch;
    const std::string answer = e2e::run(curl(how));
    watch.add_to(report_.growth, way);
    if (!answer.starts_with("200 ")) report_.faults.push_back("answered " + answer);
    return static_cast<double>(options_.bytes) / std::stod(answer.substr(4));
  }

  void check_bytes() {
    const fs::path back = folder_.path / "back";
    e2e::run(curl("-o " + back.string()));
    const std::string found = e2e::run("sha256sum " + back.string()).substr(0, 64);
    if (found != digest_) report_.faults.push_back("the bytes that came back are others");
  }

  const FilesOptions options_;
  const Folder folder_;
  std::string digest_;
  std::string document_;
  FilesReport report_;
};

}  // namespace

std::vector<std::string> FilesReport::complaints() const {
  std::vector<std::string> found = faults;
  for (const Growth& process : growth) {
    const std::int64_t most = std::max(process.up, process.down);
    if (most < kMostGrowth) continue;
    found.push_back(fmt::format("{} grew by {} kB", process.program, most));
  }
  return found;
}

FilesReport measure_files(const FilesOptions& options) {
  return Transfers{options}.run();
}

std::string to_table(const FilesReport& report) {
  std::string text = fmt::format("{:<32}{:>12}\n", "", "MB/s");
  const auto row = [&](const char* what, double speed) {
    text += fmt::format("{:<32}{:>12.0f}\n", what, speed / kMega);
  };
  row("up, through the gateway", report.up);
  row("  SHA-256 and write, one thread", report.hash_and_write);
  row("down, through the gateway", report.down);
  row("  nginx, a static file", report.nginx);
  text += fmt::format("\n{:<32}{:>12}{:>12}\n", "grew by, MiB", "up", "down");
  for (const FilesReport::Growth& process : report.growth) {
    text += fmt::format("{:<32}{:>12.1f}{:>12.1f}\n", process.program,
                        static_cast<double>(process.up) / 1024,
                        static_cast<double>(process.down) / 1024);
  }
  for (const std::string& complaint : report.complaints()) text += "NOT GOOD: " + complaint + '\n';
  return text;
}

json::object to_json(const FilesReport& report) {
  json::array growth;
  for (const FilesReport::Growth& process : report.growth) {
    growth.push_back(json::object{
        {"program", process.program}, {"up_kb", process.up}, {"down_kb", process.down}});
  }
  json::array complaints;
  for (const std::string& complaint : report.complaints()) complaints.emplace_back(complaint);
  return {{"bytes", report.bytes},
          {"up_bytes_per_second", report.up},
          {"down_bytes_per_second", report.down},
          {"hash_and_write_bytes_per_second", report.hash_and_write},
          {"nginx_bytes_per_second", report.nginx},
          {"growth", std::move(growth)},
          {"complaints", std::move(complaints)}};
}

}  // namespace waybill::bench
