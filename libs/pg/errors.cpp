#include "libs/pg/errors.hpp"

#include <pqxx/except>

#include "libs/metrics/metrics.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::pg {
namespace {

void count(const char* kind) {
  metrics::counter("pg_errors_total", "Failed statements by class.", {{"class", kind}}).add();
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// SQLSTATEs (PostgreSQL manual, appendix A) that concern the server, not the statement.
bool is_unavailable(std::string_view state) {
  constexpr std::array<std::string_view, 4> kStates{
      "53100",   // disk full
      "53300",   // too many connections
      "58030",   // its disk can't be read or written
      "25006"};  // read-only: the server is being failed over
  return among(kStates, state);
}

// SQLSTATEs after which the same work may well succeed.
bool is_transient(std::string_view state) {
  constexpr std::array<std::string_view, 3> kClasses{"08", "53", "57"};  // 57014: statement timeout
  constexpr std::array<std::string_view, 3> kStates{"40001",             // serialization failure
                                                    "40P01",             // deadlock
                                                    "55P03"};            // lock timeout
  return among(kClasses, state.substr(0, 2)) || among(kStates, state);
}

// What follows `label` on its line of a verbose message; empty without one.
std::string detail_line(std::string_view message, std::string_view label) {
  const std::size_t at = message.find(label);
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + label.size();
  return std::string{message.substr(from, message.find('\n', from) - from)};
}

// Connections are verbose, so that the message names the constraint: libpqxx 6.4 has no other way
// to it. A not-null rule has no name, its column stands for it.
std::string constraint_of(std::string_view message) {
  std::string name = detail_line(message, "\nCONSTRAINT NAME:  ");
  return name.empty() ? detail_line(message, "\nCOLUMN NAME:  ") : name;
}

}  // namespace

void rethrow_translated() {
  try {
    throw;
  } catch (const pqxx::broken_connection& error) {
    count("connection");
    throw TransientError{error.what()};
  } catch (const pqxx::in_doubt_error& error) {
    count("in_doubt");
    throw InDoubtError{error.what()};
  } catch (const pqxx::sql_error& error) {
    const std::string& state = error.sqlstate();
    if (state.starts_with("23")) {
      count("constraint");
      throw ConstraintError{constraint_of(error.what()), error.what()};
    }
    if (is_unavailable(state)) {
      count("unavailable");
      throw UnavailableError{error.what()};
    }
    if (is_transient(state)) {
      count("transient");
      throw TransientError{error.what()};
    }
    count("statement");
    throw Error{error.what()};
  } catch (const pqxx::transaction_rollback& error) {  // serialization failure, deadlock
    count("transient");
    throw TransientError{error.what()};
  } catch (const pqxx::pqxx_exception& error) {
    count("other");
    throw Error{error.base().what()};
  }
}

}  // namespace waybill::pg
