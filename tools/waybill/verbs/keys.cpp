// waybill keys rotate
#include <cstdio>

#include <CLI/CLI.hpp>

#include "libs/core/id.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/retail/jobs.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill keys rotate                           the next signing key, as the account of WAYBILL_EMAIL

The account needs the role ops. The new key is published at once and signs ten minutes later; the
old one stays published until its last token has expired. One that waits for its turn already is
shown again.)";

awaitable<void> ask(Gateway& gateway, Answer& answer) {
  co_await gateway.check();
  // Each call is a wish of its own.
  answer =
      co_await gateway.write("POST", "/v1/auth/keys/rotate", {}, "keys " + new_id().to_string());
}

int rotate(const GatewayFlags& flags) {
  boost::asio::io_context io{1};
  Gateway gateway{io, flags.options(1)};
  Answer answer;
  retail::run_jobs(io, 1, 1, [&](std::size_t) { return ask(gateway, answer); });
  if (!answer.ok()) {
    std::fprintf(stderr, "waybill: %s: %s\n", answer.code().c_str(), answer.detail().c_str());
    return 1;
  }
  std::printf("key %s signs from %s\n", answer.text("kid").c_str(),
              answer.text("signs_from").c_str());
  return 0;
}

}  // namespace

void add_keys(CLI::App& program, Action& chosen) {
  CLI::App* keys = program.add_subcommand("keys", "the keys that sign access tokens");
  keys->require_subcommand(1);
  keys->footer(kExamples);
  CLI::App* verb = keys->add_subcommand("rotate", "makes the next key");
  const auto flags = std::make_shared<GatewayFlags>();
  flags->add_to(*verb);
  verb->callback([flags, &chosen] { chosen = [flags] { return rotate(*flags); }; });
}

}  // namespace waybill::tool
