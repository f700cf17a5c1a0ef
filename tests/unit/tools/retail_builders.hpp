// Retail files for tests.
#pragma once

#include <string>
#include <vector>

#include "tools/waybill/retail/plan.hpp"

namespace waybill::tool::retail {

inline const std::string kHeader =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

// A file of these lines; "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom".
inline SourceFile file_of(const std::vector<std::string>& lines, std::string name = "day.csv") {
  SourceFile file{std::move(name), kHeader};
  for (const std::string& line : lines) file.content += line + "\n";
  return file;
}

inline RowSet rows_of(const std::vector<std::string>& lines) {
  return read_rows({file_of(lines)}, "Europe/London");
}

inline Plan plan_of(const std::vector<std::string>& lines) {
  return make_plan(rows_of(lines));
}

}  // namespace waybill::tool::retail
