// Words as moderation compares them: letters that look alike are one letter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waybill::advert::moderation {

// Case folded, look-alikes mapped to one of them, everything but Latin and Cyrillic letters
// dropped; the result is UTF-8 and may be empty. Two words that look the same give the same text.
std::string skeleton(std::string_view word);

// The words of a text, divided at white space (Unicode's White_Space), as they were typed.
std::vector<std::string_view> split_words(std::string_view text);

}  // namespace waybill::advert::moderation
