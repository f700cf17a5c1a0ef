#include "libs/pg/rows.hpp"

#include <charconv>

#include "libs/pg/text.hpp"

namespace waybill::pg {
namespace {

// Null where a value was asked for is an error of the statement, not a zero.
template <class T, class Read>
std::optional<T> maybe(const Row& row, int column, Read read) {
  if (row.is_null(column)) return std::nullopt;
  return (row.*read)(column);
}

}  // namespace

Rows::Rows(std::shared_ptr<const Impl> impl) : impl_{std::move(impl)} {}

int Rows::size() const {
  return static_cast<int>(impl_->result.size());
}

std::int64_t Rows::affected() const {
  return static_cast<std::int64_t>(impl_->result.affected_rows());
}

bool Row::is_null(int column) const {
  return rows_.impl_->result[index_][column].is_null();
}

std::string_view Row::text(int column) const {
  const pqxx::field field = rows_.impl_->result[index_][column];
  return {field.c_str(), field.size()};
}

std::int64_t Row::integer(int column) const {
  const std::string_view value = text(column);
  std::int64_t number = 0;
  const char* last = value.data() + value.size();
  const auto [end, error] = std::from_chars(value.data(), last, number);
  if (error != std::errc{} || end != last) {
    throw Error{"column " + std::to_string(column) + " is no integer"};
  }
  return number;
}

double Row::real(int column) const {
  const std::string_view value = text(column);
  double number = 0;
  const char* last = value.data() + value.size();
  const auto [end, error] = std::from_chars(value.data(), last, number);
  if (error != std::errc{} || end != last) {
    throw Error{"column " + std::to_string(column) + " is no number"};
  }
  return number;
}

bool Row::boolean(int column) const {
  return text(column) == "t";
}

Id Row::id(int column) const {
  const auto id = Id::parse(text(column));
  if (!id) throw Error{"column " + std::to_string(column) + " is no uuid"};
  return *id;
}

Instant Row::instant(int column) const {
  return parse_timestamp(text(column));
}

std::string Row::bytes(int column) const {
  return is_null(column) ? std::string{} : from_hex(text(column));
}

std::optional<std::string> Row::maybe_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return std::string{text(column)};
}

std::optional<std::int64_t> Row::maybe_integer(int column) const {
  return maybe<std::int64_t>(*this, column, &Row::integer);
}

std::optional<Id> Row::maybe_id(int column) const {
  return maybe<Id>(*this, column, &Row::id);
}

std::optional<Instant> Row::maybe_instant(int column) const {
  return maybe<Instant>(*this, column, &Row::instant);
}

}  // namespace waybill::pg
