set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

# Full debug information doubles build and link times; line tables are enough for stacks and sanitizers.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

# Protobuf asks its users for -pthread and hiredis for this definition, and a precompiled header wants the same flags
# everywhere.
add_compile_definitions(_FILE_OFFSET_BITS=64)
add_compile_options(-pthread)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror -fdiagnostics-color=auto)
# Asio's and Beast's function bodies are compiled once (libs/async, libs/web), not in every file.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                        BOOST_ASIO_NO_DEPRECATED)
include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)

if(WAYBILL_SANITIZE)
  add_compile_options(-fsanitize=${WAYBILL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -O1)
  add_link_options(-fsanitize=${WAYBILL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Between the sanitizers' checks g++ 12 loses sight of what a string holds; the checks themselves find such errors.
    add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict -Wno-maybe-uninitialized
                        -Wno-mismatched-new-delete)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Without its sloppiness ccache takes no file that uses a precompiled header; with the compiler's own list of headers it
  # need not run the preprocessor before.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros
               CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# One precompiled header for everybody: the standard library, Boost.JSON and Asio's coroutines. The tests' own has Catch2
# as well, the command-line tools' CLI11: five seconds for each file that reads it.
foreach(pch waybill_pch waybill_test_pch waybill_tool_pch)
  file(WRITE ${CMAKE_BINARY_DIR}/pch/${pch}.cpp "// Carries the precompiled header.\n")
  add_library(${pch} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/pch/${pch}.cpp)
  target_link_libraries(${pch} PRIVATE Boost::json fmt::fmt Threads::Threads)  # the flags of all who use it
endforeach()
target_precompile_headers(waybill_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp)
target_precompile_headers(waybill_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp <catch2/catch.hpp>)
target_precompile_headers(waybill_tool_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp <CLI/CLI.hpp>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Once std::string::find is inlined, g++ 12 takes it for a read past the end, and Asio's own way to free a coroutine's
  # frame for a wrong one.
  add_compile_options($<$<CONFIG:Release>:-Wno-stringop-overread> $<$<CONFIG:Release>:-Wno-mismatched-new-delete>)
  add_compile_options(-fpch-preprocess -Winvalid-pch)
endif()
