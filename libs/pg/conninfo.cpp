#include "libs/pg/conninfo.hpp"

#include <libpq-fe.h>

namespace waybill::pg {
namespace {

using Settings = std::map<std::string, std::string>;

// What the URL says, by libpq's keywords.
Settings parse(const std::string& url) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> list{
      PQconninfoParse(url.c_str(), &complaint), &PQconninfoFree};
  if (!list) {
    PQfreemem(complaint);  // it may quote the password
    throw Error{"the database URL can't be read"};
  }
  Settings values;
  for (const PQconninfoOption* option = list.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  return values;
}

// "-c name=value", blanks and backslashes escaped as libpq's `options` wants it.
std::string command_line(const Settings& session) {
  std::string text;
  for (const auto& [name, value] : session) {
    text += " -c " + name + '=';
    for (const char c : value) {
      if (c == ' ' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text;
}

std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + '\'';
}

std::int64_t whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

}  // namespace

std::string conninfo(const Options& options, const Settings& settings) {
  Settings values = parse(options.url);
  Settings session{
      {"statement_timeout", std::to_string(options.statement_time.count())},
      {"lock_timeout", std::to_string(options.lock_time.count())},
      {"idle_in_transaction_session_timeout", std::to_string(options.idle_time.count())},
      // Array parameters would be planned anew on every call, and for their size alone.
      {"plan_cache_mode", "force_generic_plan"},
      // Forbidden scans count as dear, and dear plans would be compiled: milliseconds each time.
      {"jit", "off"},
      {"timezone", "UTC"},
      {"datestyle", "ISO"},
      {"bytea_output", "hex"},
      {"standard_conforming_strings", "on"},
      // The server, too, notices within half a minute that we have vanished: until then it keeps
      // our locks. (Its own default is two hours.)
      {"tcp_keepalives_idle", "10"},
      {"tcp_keepalives_interval", "5"},
      {"tcp_keepalives_count", "3"}};
  for (const auto& [name, value] : settings) session[name] = value;
  values["options"] = command_line(session) + ' ' + values["options"];
  values.try_emplace("application_name", options.application_name);
  values.try_emplace("client_encoding", "UTF8");
  values.try_emplace("connect_timeout", std::to_string(whole_seconds(options.connect_time)));
  // A server that vanished without a word is noticed within half a minute.
  values.try_emplace("keepalives_idle", "10");
  values.try_emplace("keepalives_interval", "5");
  values.try_emplace("keepalives_count", "3");
  values.try_emplace("tcp_user_timeout", "25000");
  std::string text;
  for (const auto& [keyword, value] : values) text += keyword + '=' + quoted(value) + ' ';
  return text;
}

}  // namespace waybill::pg
