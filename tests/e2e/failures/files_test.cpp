// Bytes on their way while things break, on both stores: what was not answered 201 is not there,
// and leaves nothing.
#include <fstream>
#include <future>

#include <catch2/catch.hpp>

#include "libs/core/clock.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;
namespace fs = std::filesystem;

namespace {

// What is left of uploads is swept at once.
const std::string kSweeping = "WAYBILL_FILES_ORPHAN_AGE=1s WAYBILL_FILES_SWEEP_INTERVAL=200ms ";

// A file, and the header with somebody's token, as curl wants them.
class Sender {
 public:
  Sender() {
    fs::create_directories(folder_);
    std::ofstream{folder_ / "header"} << "Authorization: Bearer " << anna.token << '\n';
    std::ofstream{folder_ / "large"} << std::string(30'000'000, 'x');
  }
  ~Sender() { fs::remove_all(folder_); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Sends it for some seconds, `how` it is said; the status of the answer, "000" or nothing for
  // none.
  std::future<std::string> send(const std::string& how = "") const {
    return std::async(std::launch::async, [this, how] {
      return run(
          fmt::format("{2} curl -s -o /dev/null -w '%{{http_code}}' --limit-rate 6M -H @{0}/header "
                      "-F type=Large -F name=One -F file=@{0}/large "
                      "http://{1}/v1/documents || true",
                      folder_.string(), gateway_address(), how));
    });
  }
  // Once the service answers.
  std::size_t documents() const {
    Reply listed;
    eventually(seconds{60}, [&] {
      listed = call(as(anna.token, {"GET", "/v1/documents", {}, {}}));
      return listed.status == 200;
    });
    return listed.body().at("items").as_array().size();
  }

  const Account anna = make_account();

 private:
  const fs::path folder_ = fs::temp_directory_path() / unique("sender");
};

// Bytes that are on their way into the store, in the folder where it has them.
bool has_incoming() {
  const fs::path incoming = instance_folder() / "blobs" / "incoming";
  return fs::exists(incoming) && !fs::is_empty(incoming);
}

bool database_and_folder_agree() {
  return std::system(WAYBILL_TOOL " files fsck --grace 0 >/dev/null") == 0;
}

}  // namespace

TEST_CASE("a file service that is killed in the middle of an upload leaves nothing of it",
          "[e2e][failure][files]") {
  const WithSettings sweeping{kSweeping};
  const Sender sender;
  auto answer = sender.send();
  REQUIRE(eventually(seconds{20}, has_incoming));
  kill_hard(pids_of("file"));
  const std::string status = answer.get();
  CHECK((status == "503" || status == "000"));
  REQUIRE(eventually(seconds{60}, is_ready));
  CHECK(sender.documents() == 0);
  CHECK(eventually(seconds{30}, [] { return !has_incoming(); }));
  CHECK(database_and_folder_agree());
  CHECK(sender.send().get() == "201");
  CHECK(sender.documents() == 1);
}

TEST_CASE("a client that goes in the middle of an upload leaves nothing of it",
          "[e2e][failure][files]") {
  const WithSettings sweeping{kSweeping};
  const Sender sender;
  auto answer = sender.send("timeout -s KILL 2");
  REQUIRE(eventually(seconds{20}, has_incoming));
  answer.get();
  CHECK(eventually(seconds{30}, [] { return !has_incoming(); }));
  CHECK(sender.documents() == 0);
  CHECK(database_and_folder_agree());
}

TEST_CASE("files are the same on the S3 server, and 503 while it is away",
          "[e2e][failure][files][s3]") {
  const WithSettings on_s3{"WAYBILL_BLOB_STORE=s3"};
  CHECK_NOTHROW(run(std::string{WAYBILL_E2E} + " '[files]'"));
  const Sender sender;
  {
    const Stopped away{"s3"};
    CHECK(sender.send().get() == "503");
    CHECK(sender.documents() == 0);
  }
  CHECK(eventually(seconds{60}, [&] { return sender.send().get() == "201"; }));
}
