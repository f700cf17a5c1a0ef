#include "tools/waybill/replay/state.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include "tools/waybill/connection.hpp"

namespace waybill::tool::replay {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string environment_or(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

std::string who() {
  const std::string user = environment_or("SUDO_USER", environment_or("USER", ""));
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return fmt::format("{}@{}", user.empty() ? fmt::format("uid {}", ::getuid()) : user, host);
}

json::array to_json(const Places& places) {
  json::array array;
  for (const auto& [partition, offset] : places) {
    array.push_back(json::array{partition.first, partition.second, offset});
  }
  return array;
}

Places places_of(const json::value& value) {
  Places places;
  for (const json::value& entry : value.as_array()) {
    places[{std::string{entry.at(0).as_string()}, entry.at(1).to_number<std::int32_t>()}] =
        entry.at(2).as_int64();
  }
  return places;
}

void write_whole(const std::string& file, const std::string& text) {
  const std::string fresh = file + ".new";
  std::ofstream out{fresh};
  out << text;
  out.close();
  if (!out) throw std::runtime_error{fresh + " can't be written"};
  fs::rename(fresh, file);
}

}  // namespace

std::string state_folder() {
  const std::string base =
      environment_or("XDG_STATE_HOME", environment_or("HOME", "/tmp") + "/.local/state");
  const std::string folder = base + "/waybill";
  fs::create_directories(folder);
  return folder;
}

std::optional<Checkpoint> read_checkpoint(const std::string& file) {
  std::ifstream in{file};
  if (!in) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  try {
    const json::value value = json::parse(text);
    auto plan = plan_from_json(value.at("plan"));
    if (!plan) return std::nullopt;
    return Checkpoint{std::move(*plan), places_of(value.at("next")),
                      places_of(value.at("target_ends")), value.at("done").as_int64(),
                      value.at("finished").as_bool()};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void write_checkpoint(const std::string& file, const Checkpoint& checkpoint) {
  const json::object object{{"plan", to_json(checkpoint.plan)},
                            {"next", to_json(checkpoint.next)},
                            {"target_ends", to_json(checkpoint.target_ends)},
                            {"done", checkpoint.done},
                            {"finished", checkpoint.finished}};
  write_whole(file, json::serialize(object) + '\n');
}

void write_audit_line(const std::string& why, json::object what, const json::value& result) {
  const json::object line{{"at", to_rfc3339(now())},
                          {"who", who()},
                          {"why", why},
                          {"what", std::move(what)},
                          {"result", result}};
  const std::string file = state_folder() + "/audit.ndjson";
  std::ofstream out{file, std::ios::app};
  out << json::serialize(line) + '\n';
  out.close();
  if (!out) throw std::runtime_error{file + " can't be written"};
}

std::string read_file(const std::string& file) {
  std::ifstream in{file};
  if (!in) throw UsageError{file + ": can't be read"};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace waybill::tool::replay
