// Our CSV as a real spreadsheet program reads it: Gnumeric, through its ssconvert.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "services/report/domain/csv.hpp"

using namespace waybill;
using report::domain::append_csv;

namespace {

// What it shows of a sheet, as CSV of its own.
std::string opened(const std::string& csv) {
  const auto folder = std::filesystem::temp_directory_path() / new_id().to_string();
  std::filesystem::create_directory(folder);
  std::ofstream{folder / "in.csv"} << csv;
  const std::string command =
      fmt::format("HOME={0} ssconvert {0}/in.csv {0}/out.csv 2>{0}/log", folder.string());
  const bool is_read = std::system(command.c_str()) == 0;
  std::ifstream in{folder / "out.csv"};
  std::string shown{std::istreambuf_iterator<char>{in}, {}};
  in.close();
  std::filesystem::remove_all(folder);
  return is_read ? shown : "ssconvert did not read it";
}

}  // namespace

TEST_CASE("a spreadsheet shows each cell as it was, and numbers as numbers", "[csv][spreadsheet]") {
  std::string csv;
  append_csv(csv, {"name", "units", "revenue"});
  append_csv(csv, {R"(a, "b")", "2", "5.25"});
  append_csv(csv, {"zürich", "1000000", "-3.50"});
  CHECK(opened(csv) == "name,units,revenue\n\"a, \"\"b\"\"\",2,5.25\nzürich,1000000,-3.5\n");
}

TEST_CASE("a spreadsheet computes nothing that somebody called a product", "[csv][spreadsheet]") {
  CHECK(opened("name\r\n=1+1\r\n") == "name\n2\n");  // it would
  std::string csv;
  append_csv(csv, {"name"});
  for (const auto* name : {"=1+1", "+1+1", "-1+1", "@SUM(1;1)"}) append_csv(csv, {name});
  CHECK(opened(csv) == "name\n=1+1\n+1+1\n-1+1\n@SUM(1;1)\n");
}
