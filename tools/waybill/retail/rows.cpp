#include "tools/waybill/retail/rows.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include <date/tz.h>

#include "libs/core/digest.hpp"
#include "tools/waybill/retail/csv.hpp"
#include "tools/waybill/retail/fields.hpp"

namespace waybill::tool::retail {
namespace {

enum Column { invoice, code, description, quantity, date, price, customer, country, column_count };

constexpr std::array<std::string_view, column_count> kColumns{
    "InvoiceNo",   "StockCode", "Description", "Quantity",
    "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};

// Where each column stands in this file.
using Layout = std::array<std::size_t, column_count>;

std::string column_name(std::string_view field) {
  std::string name;
  for (const char c : to_lower(trim(field))) {
    if (c != ' ' && c != '_') name += c;
  }
  return name;
}

Layout read_header(const std::string& file, const Record& header) {
  Layout layout{};
  for (std::size_t column = 0; column < column_count; ++column) {
    const std::string wanted = to_lower(kColumns[column]);
    const auto is_it = [&](const std::string& field) { return column_name(field) == wanted; };
    const auto found = std::find_if(header.fields.begin(), header.fields.end(), is_it);
    if (found == header.fields.end()) {
      throw FileError{fmt::format("{}: the header has no column {}", file, kColumns[column])};
    }
    if (std::find_if(found + 1, header.fields.end(), is_it) != header.fields.end()) {
      throw FileError{fmt::format("{}: the header has two columns {}", file, kColumns[column])};
    }
    layout[column] = static_cast<std::size_t>(found - header.fields.begin());
  }
  return layout;
}

// Local time to UTC. An hour that comes twice is the first of the two, one that is left out is the
// end of the gap.
Instant to_utc(const date::time_zone& zone, std::chrono::local_seconds local) {
  const date::local_seconds same{local.time_since_epoch()};
  return Instant{zone.to_sys(same, date::choose::earliest).time_since_epoch()};
}

class RowReader {
 public:
  RowReader(const Layout& layout, const date::time_zone& zone) : layout_{layout}, zone_{zone} {}

  Row read(const Record& record, std::size_t columns) {
    row_ = Row{};
    row_.line = record.line;
    if (record.unclosed_quote) complain("a quote is never closed");
    if (record.fields.size() != columns) {
      complain(fmt::format("{} columns instead of {}", record.fields.size(), columns));
      read_identity(record);
      return row_;
    }
    read_identity(record);
    read_texts(record);
    read_numbers(record);
    return row_;
  }

 private:
  // A short record may still say which invoice it belongs to.
  std::string_view field(const Record& record, Column column) const {
    const std::size_t at = layout_[column];
    return at < record.fields.size() ? trim(record.fields[at]) : std::string_view{};
  }

  void complain(const std::string& what) {
    row_.problem += (row_.problem.empty() ? "" : "; ") + what;
  }

  void read_identity(const Record& record) {
    row_.invoice = field(record, invoice);
    row_.code = to_upper(field(record, code));
  }

  void read_texts(const Record& record) {
    if (row_.invoice.empty()) complain("InvoiceNo is empty");
    if (row_.code.empty()) complain("StockCode is empty");
    row_.description = field(record, description);
    row_.country = field(record, country);
    if (row_.country.empty()) row_.country = "-";
    if (auto parsed = parse_customer(field(record, customer))) {
      row_.customer = std::move(*parsed);
    } else {
      complain(fmt::format("CustomerID '{}' is no number", field(record, customer)));
    }
  }

  void read_numbers(const Record& record) {
    if (const auto parsed = parse_quantity(field(record, quantity))) {
      row_.quantity = *parsed;
    } else {
      complain(fmt::format("Quantity '{}' is no whole number", field(record, quantity)));
    }
    if (const auto parsed = parse_price(field(record, price))) {
      row_.price = *parsed;
    } else {
      complain(fmt::format("UnitPrice '{}' is no amount of whole pennies", field(record, price)));
    }
    if (const auto parsed = parse_local_time(field(record, date))) {
      row_.at = to_utc(zone_, *parsed);
    } else {
      complain(fmt::format("InvoiceDate '{}' is no date and time", field(record, date)));
    }
  }

  const Layout& layout_;
  const date::time_zone& zone_;
  Row row_;
};

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// By name and content, not by folder or place on the command line.
void sort_files(std::vector<SourceFile>& files) {
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) {
    return std::tuple{base_name(a.name), a.content, a.name} <
           std::tuple{base_name(b.name), b.content, b.name};
  });
}

std::string digest_of(const std::vector<SourceFile>& files) {
  std::vector<std::string> digests;
  for (const SourceFile& file : files) digests.push_back(sha256_hex(file.content));
  std::sort(digests.begin(), digests.end());
  std::string all;
  for (const std::string& digest : digests) all += digest;
  return sha256_hex(all);
}

const date::time_zone& find_zone(const std::string& name) {
  try {
    return *date::locate_zone(name);
  } catch (const std::runtime_error&) {
    throw FileError{fmt::format("there is no time zone '{}'; try Europe/London", name)};
  }
}

void append_rows(RowSet& set, const SourceFile& file, const date::time_zone& zone) {
  const auto records = parse_csv(to_utf8(file.content));
  if (records.empty()) throw FileError{file.name + ": the file is empty"};
  const Layout layout = read_header(file.name, records[0]);
  RowReader reader{layout, zone};
  for (std::size_t i = 1; i < records.size(); ++i) {
    set.rows.push_back(reader.read(records[i], records[0].fields.size()));
    set.rows.back().file = set.files.size();
  }
  set.files.push_back(file.name);
}

}  // namespace

RowSet read_rows(std::vector<SourceFile> files, const std::string& time_zone) {
  const date::time_zone& zone = find_zone(time_zone);
  sort_files(files);
  RowSet set;
  set.digest = digest_of(files);
  for (const SourceFile& file : files) append_rows(set, file, zone);
  return set;
}

SourceFile read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw FileError{path + ": can't be opened"};
  SourceFile file{path, std::string{std::istreambuf_iterator<char>{in}, {}}};
  if (in.bad()) throw FileError{path + ": can't be read"};
  return file;
}

}  // namespace waybill::tool::retail
