// What changes while the gateway runs, and what must not: the contract, as an operator edits it.
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;

namespace {

constexpr seconds kPatience{10};  // it looks once a second, and twice

// A service's contract as the running instance has it; as it was afterwards.
class InstalledContract {
 public:
  explicit InstalledContract(const std::string& service)
      : file_{instance_folder() / "contracts" / service / "api.yaml"} {
    std::ostringstream text;
    text << std::ifstream{file_}.rdbuf();
    original_ = std::move(text).str();
  }
  ~InstalledContract() { write(original_); }
  InstalledContract(const InstalledContract&) = delete;
  InstalledContract& operator=(const InstalledContract&) = delete;

  const std::string& original() const { return original_; }
  void write(const std::string& text) const { std::ofstream{file_} << text; }

 private:
  std::filesystem::path file_;
  std::string original_;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

bool summary_is(const std::string& summary) {
  return get("/openapi.json").text.find(summary) != std::string::npos;
}

}  // namespace

TEST_CASE("a contract that is changed is in force, a broken one leaves it there and says so",
          "[e2e][failure]") {
  const InstalledContract contract{"product"};
  const std::string changed =
      replaced(contract.original(), "summary: Lists products", "summary: Lists all the goods");
  contract.write(changed);
  CHECK(eventually(kPatience, [] { return summary_is("Lists all the goods"); }));

  contract.write(replaced(changed, "x-access: public", "x-acces: public"));
  CHECK(eventually(kPatience, [] { return get("/v1/health").member("status") == "degraded"; }));
  CHECK(get("/v1/health").text.find("configuration") != std::string::npos);
  CHECK(summary_is("Lists all the goods"));
  CHECK(get("/v1/products").status == 200);
  std::ifstream log{instance_folder() / "log" / "gateway-0.log"};
  const std::string said{std::istreambuf_iterator<char>{log}, {}};
  CHECK(said.find("\"reload.refused\"") != std::string::npos);
  CHECK(said.find("'x-acces' is not known here") != std::string::npos);

  contract.write(contract.original());
  CHECK(eventually(kPatience, is_ready));
  CHECK(summary_is("Lists products"));
}
