// Only in builds with the thread sanitizer: librdkafka makes its threads with C11's thrd_create,
// which the sanitizer does not know, and crashes in the first of them. These take the places of
// libc's functions and make POSIX threads, which it knows.
#ifdef __SANITIZE_THREAD__

#include <cstdint>
#include <memory>

#include <pthread.h>
#include <threads.h>

namespace {

struct Start {
  thrd_start_t function;
  void* argument;
};

void* run(void* raw) {
  const std::unique_ptr<Start> start{static_cast<Start*>(raw)};
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(start->function(start->argument)));
}

}  // namespace

// It also knows nothing of the library's own atomics and locks; what is seen inside of it says
// nothing.
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:librdkafka.so.1\n";
}

extern "C" int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto start = std::make_unique<Start>(Start{function, argument});
  if (pthread_create(thread, nullptr, run, start.get()) != 0) return thrd_error;
  [[maybe_unused]] auto* taken = start.release();  // by the thread
  return thrd_success;
}

extern "C" int thrd_join(thrd_t thread, int* result) {
  void* value = nullptr;
  if (pthread_join(thread, &value) != 0) return thrd_error;
  if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return thrd_success;
}

#endif
