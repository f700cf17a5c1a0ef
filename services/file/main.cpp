#include "services/file/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::file::FileService>(
      "file", "stores files and study tasks with their media", argc, argv);
}
