// Short advertising texts: by an OpenAI-compatible chat endpoint where there is one, else by a
// template that needs nobody.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "libs/config/settings.hpp"

namespace waybill::advert::ai {

struct Wish {
  std::string topic;
  std::string language;  // EN, RU
  std::string additional;
};

// Quotes the topic literally and appends the addition.
std::string template_text(const Wish& wish);

struct ProviderOptions {
  std::string url;  // of the chat completions; empty: there is no provider
  std::string model = "gpt-4o-mini";
  config::Secret key;
  std::chrono::milliseconds timeout{10'000};  // of one attempt
  int attempts = 2;
  int failures_to_rest = 5;  // in a row; then nobody asks for a while
  std::chrono::milliseconds rest{30'000};
};

// Any thread; functions block.
class Copywriter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Copywriter(ProviderOptions options) : options_{std::move(options)} {}

  // The provider's text. Nothing where there is no provider, it fails, gives no text, or rests; not
  // later than `deadline`.
  std::optional<std::string> ask(const Wish& wish, Time deadline);

 private:
  bool may_ask(Time now);
  void note(bool succeeded, Time now);
  std::optional<std::string> ask_once(const Wish& wish, std::chrono::milliseconds time);

  const ProviderOptions options_;
  std::mutex mutex_;
  int failures_ = 0;
  Time resting_until_{};
};

}  // namespace waybill::advert::ai
