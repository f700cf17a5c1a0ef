// Texts within Telegram's rules (core.telegram.org/bots/api): HTML with foreign values escaped, and
// lengths in UTF-16 units. Pure; texts are UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace waybill::bot::domain {

inline constexpr std::size_t most_text = 4096;       // of a message, after its entities were parsed
inline constexpr std::size_t most_caption = 1024;    // of a photo or document
inline constexpr std::size_t most_button_data = 64;  // bytes
inline constexpr std::size_t most_press_answer = 200;
inline constexpr std::size_t most_label = 32;  // ours: longer ones don't fit a telephone

std::string escape_html(std::string_view text);

std::size_t utf16_length(std::string_view text);

// The text, or its beginning and "…" where it is longer than so many UTF-16 units.
std::string cut(std::string_view text, std::size_t most);

// A button's label: of a long one its beginning and its end, "Contract with t***2026.pdf".
std::string shorten_label(std::string_view text);

}  // namespace waybill::bot::domain
