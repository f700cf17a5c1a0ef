// waybill files fsck
#include <cstdio>

#include <CLI/CLI.hpp>

#include "libs/blob/settings.hpp"
#include "tools/waybill/files/fsck.hpp"
#include "tools/waybill/servers.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill files fsck                        do database and store agree?
  waybill files fsck --verify               reads every object, too
  waybill files fsck --mend                 removes orphaned objects, corrects counters

WAYBILL_DATABASE_FILE names the database, WAYBILL_BLOB_* the store, as for the service. Missing bytes
can't be mended: bring them back from a backup under the same key.
Exit codes: 0 they agree or were mended, 1 they differ, 2 the command line is wrong.)";

struct FsckFlags {
  bool mend = false;
  bool verify = false;
  std::int64_t grace_seconds = 3'600;
};

std::unique_ptr<blob::Store> open_store() {
  blob::StoreSettings store;
  config::Settings settings{"waybill", ""};
  store.declare(settings);
  settings.parse({"waybill"});
  return store.open();
}

int run(const FsckFlags& flags) {
  const auto databases = flags.mend ? databases_to_write() : databases_to_read();
  pg::Options options;
  options.url = database_of(databases, "file");
  options.application_name = "waybill-tool";
  pg::Connection connection{options};
  const auto store = open_store();
  const auto result =
      files::fsck(connection, *store, {flags.mend, flags.verify, seconds{flags.grace_seconds}});
  bool all_well = true;
  for (const files::Difference& difference : result.differences) {
    std::printf("%-20s %s: %s%s\n", difference.code.c_str(), difference.subject.c_str(),
                difference.what.c_str(), difference.mended ? " (mended)" : "");
    all_well = all_well && difference.mended;
  }
  std::printf("%zu differences among %llu objects and %llu rows\n", result.differences.size(),
              static_cast<unsigned long long>(result.objects),
              static_cast<unsigned long long>(result.blobs));
  return all_well ? 0 : 1;
}

}  // namespace

void add_files(CLI::App& program, Action& chosen) {
  CLI::App* files = program.add_subcommand("files", "the bytes of the file service");
  files->require_subcommand(1);
  files->footer(kExamples);
  CLI::App* verb = files->add_subcommand("fsck", "compares database and store");
  const auto flags = std::make_shared<FsckFlags>();
  verb->add_flag("--mend", flags->mend, "remove orphaned objects, correct counters");
  verb->add_flag("--verify", flags->verify, "read every object and compare its digest");
  verb->add_option("--grace", flags->grace_seconds,
                   "seconds in which an object may still be on its way (3600)");
  verb->callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace waybill::tool
