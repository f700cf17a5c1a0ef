#include "libs/core/base64.hpp"

#include <openssl/evp.h>

namespace waybill {
namespace {

const unsigned char* as_bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64url_encode(std::string_view data) {
  const std::string input{data};
  std::string text(4 * ((input.size() + 2) / 3) + 1, '\0');  // OpenSSL writes a closing zero
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), as_bytes(input),
                                   static_cast<int>(input.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  std::string padded{text};
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  const std::size_t padding = (4 - padded.size() % 4) % 4;
  padded.append(padding, '=');
  std::string data(padded.size() / 4 * 3, '\0');
  if (!padded.empty() && EVP_DecodeBlock(reinterpret_cast<unsigned char*>(data.data()),
                                         as_bytes(padded), static_cast<int>(padded.size())) < 0) {
    return std::nullopt;
  }
  data.resize(data.size() - padding);  // the padding was decoded as zeros
  // OpenSSL skips white space at the ends and ignores bits that belong to no byte: two texts for
  // the same data.
  if (base64url_encode(data) != text) return std::nullopt;
  return data;
}

}  // namespace waybill
