#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

// Fontconfig (charts) keeps what it has read until the end of the process, and the sanitizer can't
// see who holds it.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}
