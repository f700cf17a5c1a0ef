#include "services/report/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::report::ReportService>(
      "report", "daily reports and sales statistics", argc, argv);
}
