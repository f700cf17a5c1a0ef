#include "services/advert/moderation/letters.hpp"

#include <memory>
#include <stdexcept>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>

namespace waybill::advert::moderation {
namespace {

// What ICU's confusables do not say: digits and signs that stand for letters, and Cyrillic letters
// whose capital looks Latin. Small letters only, the representative is Latin where there is one.
char32_t look_alike(char32_t letter) {
  switch (letter) {
    case U'0':
    case U'о':
      return U'o';
    case U'1':
    case U'і':
      return U'i';
    case U'3':
    case U'е':
    case U'ё':
    case U'з':
    case U'€':
      return U'e';
    case U'4':
    case U'@':
    case U'а':
      return U'a';
    case U'5':
    case U'$':
    case U'ѕ':
      return U's';
    case U'7':
    case U'т':
      return U't';
    case U'8':
    case U'в':
      return U'b';
    case U'6':
      return U'б';
    case U'9':
      return U'g';
    case U'|':
      return U'l';
    case U'с':
      return U'c';
    case U'р':
      return U'p';
    case U'х':
      return U'x';
    case U'у':
      return U'y';
    case U'к':
      return U'k';
    case U'м':
      return U'm';
    case U'н':
    case U'һ':
      return U'h';
    case U'ј':
      return U'j';
    case U'ԁ':
      return U'd';
    case U'ԛ':
      return U'q';
    case U'ԝ':
      return U'w';
    default:
      return letter;
  }
}

void check(UErrorCode error) {
  if (U_FAILURE(error)) throw std::runtime_error{std::string{"ICU: "} + u_errorName(error)};
}

const icu::Normalizer2& folding() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* found = icu::Normalizer2::getNFKCCasefoldInstance(error);
  check(error);
  return *found;
}

const icu::Normalizer2& composing() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* found = icu::Normalizer2::getNFCInstance(error);
  check(error);
  return *found;
}

// Immutable after it was opened: any thread may use it.
const USpoofChecker* confusables() {
  static const std::unique_ptr<USpoofChecker, void (*)(USpoofChecker*)> checker{
      [] {
        UErrorCode error = U_ZERO_ERROR;
        USpoofChecker* opened = uspoof_open(&error);
        check(error);
        return opened;
      }(),
      uspoof_close};
  return checker.get();
}

bool is_of_ours(char32_t letter) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(letter), &error);
  check(error);
  return u_isalpha(static_cast<UChar32>(letter)) &&
         (script == USCRIPT_LATIN || script == USCRIPT_CYRILLIC);
}

// A Latin letter without its marks: é → e. Cyrillic ones stay: й is another letter than и.
char32_t without_marks(char32_t letter) {
  UErrorCode error = U_ZERO_ERROR;
  if (uscript_getScript(static_cast<UChar32>(letter), &error) != USCRIPT_LATIN) return letter;
  icu::UnicodeString parts;
  if (!composing().getDecomposition(static_cast<UChar32>(letter), parts)) return letter;
  return static_cast<char32_t>(parts.char32At(0));
}

// The Latin or Cyrillic letter that a letter of another script looks like (UTS #39); itself where
// there is none.
char32_t prototype(char32_t letter) {
  const icu::UnicodeString one{static_cast<UChar32>(letter)};
  icu::UnicodeString looks;
  UErrorCode error = U_ZERO_ERROR;
  uspoof_getSkeletonUnicodeString(confusables(), 0, one, looks, &error);
  check(error);
  looks.foldCase();
  if (looks.countChar32() != 1) return letter;
  return static_cast<char32_t>(looks.char32At(0));
}

char32_t representative(char32_t letter) {
  const char32_t known = look_alike(letter);
  if (known != letter) return known;
  const char32_t plain = without_marks(letter);
  if (is_of_ours(plain)) return look_alike(plain);
  return look_alike(prototype(letter));
}

}  // namespace

std::string skeleton(std::string_view word) {
  const auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece{word.data(), static_cast<std::int32_t>(word.size())});
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString folded = folding().normalize(text, error);
  check(error);
  icu::UnicodeString kept;
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const char32_t letter = representative(static_cast<char32_t>(folded.char32At(at)));
    if (is_of_ours(letter)) kept.append(static_cast<UChar32>(letter));
  }
  std::string result;
  kept.toUTF8String(result);
  return result;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t begin = 0;
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t here = at;
    UChar32 letter = 0;
    U8_NEXT(text.data(), at, size, letter);
    if (!u_isUWhiteSpace(letter)) continue;
    if (here > begin) {
      words.push_back(
          text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(here - begin)));
    }
    begin = at;
  }
  if (begin < size) words.push_back(text.substr(static_cast<std::size_t>(begin)));
  return words;
}

}  // namespace waybill::advert::moderation
