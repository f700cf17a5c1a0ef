// From files to rows: what each line of a retail file says, or why it can't be read.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/core/money.hpp"

namespace waybill::tool::retail {

struct Row {
  std::size_t file = 0;  // index into RowSet::files
  std::size_t line = 0;
  std::string invoice;
  std::string code;         // StockCode in upper case
  std::string description;  // trimmed, may be empty
  std::int64_t quantity = 0;
  Minor price = 0;  // per unit
  Instant at{};
  std::string customer;  // digits, empty for a guest
  std::string country;   // "-" where the file says nothing
  std::string problem;   // why the row is malformed, empty when it is fine

  // Of malformed rows whatever could be read counts; the rest is 0.
  Minor amount() const { return quantity * price; }
  bool is_cancellation() const { return invoice.starts_with('C') || invoice.starts_with('c'); }
};

struct SourceFile {
  std::string name;  // as given on the command line
  std::string content;
};

// All rows of a run in one canonical order, which does not depend on the order of the files.
struct RowSet {
  std::vector<std::string> files;
  std::vector<Row> rows;
  std::string digest;  // of all files' contents, hex
};

// A file that can't be imported at all: no header, a column missing.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `time_zone` is the IANA zone of InvoiceDate. Throws FileError, also for an unknown zone.
RowSet read_rows(std::vector<SourceFile> files, const std::string& time_zone);

// The file's bytes. Throws FileError.
SourceFile read_file(const std::string& path);

}  // namespace waybill::tool::retail
