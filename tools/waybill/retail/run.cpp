#include "tools/waybill/retail/run.hpp"

#include <filesystem>

#include "tools/waybill/retail/jobs.hpp"

namespace waybill::tool::retail {
namespace {

// The same file twice would sell everything twice.
void refuse_repeated(const std::vector<std::string>& files) {
  std::set<std::filesystem::path> seen;
  for (const std::string& file : files) {
    std::error_code failed;
    const auto path = std::filesystem::weakly_canonical(file, failed);
    if (!seen.insert(failed ? std::filesystem::path{file} : path).second) {
      throw FileError{file + ": named twice"};
    }
  }
}

}  // namespace

Import prepare(const std::vector<std::string>& files, const std::string& time_zone) {
  refuse_repeated(files);
  std::vector<SourceFile> sources;
  for (const std::string& file : files) sources.push_back(read_file(file));
  Import import;
  import.set = read_rows(std::move(sources), time_zone);
  import.plan = make_plan(import.set);
  return import;
}

void carry_out(Import& import, const GatewayOptions& gateway, const ExecuteOptions& options) {
  boost::asio::io_context io{1};
  Gateway platform{io, gateway};
  run_jobs(io, 1, 1, [&](std::size_t) { return platform.check(); });
  import.execution = execute(io, platform, import.plan, options);
  import.account = make_account(import.set, import.plan, import.execution);
}

void pretend(Import& import) {
  import.execution = assume_accepted(import.plan);
  import.account = make_account(import.set, import.plan, import.execution);
}

}  // namespace waybill::tool::retail
