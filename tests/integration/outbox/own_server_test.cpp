// What a PostgreSQL of its own is needed for: it is crashed, and its disk fills up.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "tests/integration/outbox/house.hpp"

using namespace waybill;
using namespace waybill::testing;

namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds{60};

// PostgreSQL alone (deploy/local/alone.sh); gone with this object.
class OwnServer {
 public:
  // With `room` its data lies on a file system of so many MiB.
  explicit OwnServer(int room = 0) {
    const std::string command =
        "deploy/local/alone.sh up " + (room > 0 ? std::to_string(room) : std::string{});
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 512> line{};
    if (std::fgets(line.data(), static_cast<int>(line.size()), pipe)) url_ = line.data();
    const int status = pclose(pipe);
    has_room_ = WEXITSTATUS(status) != 77;
    REQUIRE((status == 0 || !has_room_));
    if (!url_.empty() && url_.back() == '\n') url_.pop_back();
  }
  ~OwnServer() { CHECK(std::system("deploy/local/alone.sh down") == 0); }

  // False: no file system of its own can be made here.
  bool has_room() const { return has_room_; }
  const std::string& url() const { return url_; }

  void set(const std::string& setting, const std::string& value) {
    run(fmt::format("ALTER SYSTEM SET {} = '{}'", setting, value));
    run("SELECT pg_reload_conf()");
  }

  // All its processes end at once, and nothing is written any more; then it is started again.
  void crash() {
    std::int64_t pid = 0;
    std::ifstream{folder() / "data" / "postmaster.pid"} >> pid;
    REQUIRE(pid > 1);
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    const auto is_back = [&] {
      std::int64_t now = 0;
      std::ifstream{folder() / "data" / "postmaster.pid"} >> now;
      return now > 1 && now != pid && answers();
    };
    REQUIRE(eventually(kPatience, is_back));
  }

  // Nothing more fits, until free_disk().
  void fill_disk() {
    std::ofstream filler{folder() / "filler"};
    const std::string block(65'536, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void free_disk() { fs::remove(folder() / "filler"); }

 private:
  // Of its data and its socket, which the URL names.
  fs::path folder() const {
    const std::size_t begin = url_.find("host=") + 5;
    return url_.substr(begin, url_.find('&', begin) - begin);
  }

  void run(const std::string& sql) {
    pg::Options options;
    options.url = url_;
    pg::Connection connection{options};
    pg::Session{connection}.exec({"once", sql.c_str()});
  }

  bool answers() {
    try {
      run("SELECT 1");
      return true;
    } catch (const pg::Error&) {
      return false;
    }
  }

  std::string url_;
  bool has_room_ = true;
};

void note_orders(House& house) {
  house.handlers.on<PlaceOrder>(
      [](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        for (const auto& command : batch) note(tx, command.id());
        return std::vector<Outcome>(batch.size(), Outcome::no_content());
      });
}

}  // namespace

TEST_CASE("what was answered survives a crash of the database", "[outbox][failure][own]") {
  OwnServer server;
  server.set("wal_writer_delay", "10s");  // what nobody waits for stays in memory
  House house{{.server = server.url()}};
  note_orders(house);
  house.start();
  for (int i = 0; i < 5; ++i) {
    house.send(house.message(PlaceOrder{}));
    REQUIRE(house.outcomes(1).size() == 1);
  }
  server.crash();
  house.stop();
  CHECK(house.count("SELECT count(*) FROM work") == 5);
}

TEST_CASE("commands wait while the database's disk is full", "[outbox][failure][own]") {
  OwnServer server{400};
  if (!server.has_room()) {
    WARN("no file system of its own can be mounted here: not tried");
    return;
  }
  House house{{.server = server.url()}};
  house.place_orders();
  server.fill_disk();
  house.start();
  for (int i = 0; i < 20; ++i) house.send(house.message(PlaceOrder{}));
  CHECK_FALSE(eventually(std::chrono::seconds{3}, [&] {
    return house.rabbit->ready("shop.retry.1") != 0u || house.rabbit->ready("shop.dead") != 0u;
  }));
  CHECK(house.replies(0).empty());
  server.free_disk();
  CHECK(house.outcomes(20).size() == 20);
  CHECK(house.count("SELECT count(*) FROM work") == 20);
  CHECK(house.events(20).size() == 20);
}
