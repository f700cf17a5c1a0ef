#include "services/file/store/draft.hpp"

#include <charconv>
#include <map>
#include <mutex>

namespace waybill::file::store {
namespace {

// Names and texts that statements point to; there are only so many shapes.
const pg::Statement& keep(const std::string& text) {
  struct Kept {
    std::string name;
    pg::Statement statement{};
  };
  static std::mutex mutex;
  static std::map<std::string, Kept> kept;
  const std::lock_guard lock{mutex};
  const auto [place, is_new] = kept.try_emplace(text);
  if (is_new) {
    place->second.name = fmt::format("list_{}", kept.size());
    place->second.statement = {place->second.name.c_str(), place->first.c_str()};
  }
  return place->second.statement;
}

std::optional<pg::Param> read_key(const std::string& text, std::string_view type) {
  if (type == "text") return pg::Param{text};
  std::int64_t key = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (type == "timestamptz") return pg::Param{from_unix_micros(key)};
  return pg::Param{key};
}

}  // namespace

void Draft::where(const char* condition, pg::Param param) {
  params_.push_back(std::move(param));
  text_ += "\n     AND " + fmt::format(fmt::runtime(condition), params_.size());
}

void Draft::where_any(const char* condition, const std::vector<std::string>& values) {
  if (values.empty()) return;
  pg::Array array;
  for (const std::string& value : values) array.add(value);
  where(condition, array);
}

bool Draft::page(const Order& order, const char* id, const std::optional<runtime::Cursor>& after,
                 std::int64_t most) {
  if (after) {
    const auto key = read_key(after->sort_key, order.type);
    if (!key) return false;
    params_.push_back(*key);
    params_.emplace_back(after->id);
    const bool is_text = std::string_view{order.type} == "text";
    text_ += fmt::format("\n     AND ({}, {}) {} ({}(${}::{}), ${}::uuid)", order.key, id,
                         order.descending ? '<' : '>', is_text ? "lower" : "", params_.size() - 1,
                         order.type, params_.size());
  }
  params_.emplace_back(most);
  text_ += fmt::format("\n   ORDER BY {0} {2}, {1} {2}\n   LIMIT ${3}::bigint", order.key, id,
                       order.descending ? "DESC" : "ASC", params_.size());
  return true;
}

pg::Rows Draft::run(pg::Session& session) const {
  return session.run(keep(text_), params_);
}

std::string key_of(Instant at) {
  return std::to_string(to_unix_micros(at));
}

std::string substring_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

}  // namespace waybill::file::store
