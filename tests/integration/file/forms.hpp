// Forms with files, as clients send them, and what comes back.
#pragma once

#include "tests/integration/file/process.hpp"

namespace waybill::file::test {

inline const Caller kAnna{new_id(), Role::customer};
inline const Caller kNobody{std::nullopt, Role::nobody};

struct Piece {
  std::string name;
  std::string bytes;
  std::string file_name;  // empty: a field
  std::string type;
};

using Form = std::vector<Piece>;

inline const std::string kPng{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde",
                              33};
inline const std::string kWav{
    "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"
    "data\0\0\0\0",
    44};
inline const std::string kMp4{
    "\0\0\0\x18"
    "ftypmp42\0\0\0\0mp42isom",
    24};

inline Form with(Form form, const Piece& piece) {
  form.push_back(piece);
  return form;
}

inline std::string body_of(const Form& form) {
  std::string body;
  for (const Piece& piece : form) {
    body += "--XX\r\nContent-Disposition: form-data; name=\"" + piece.name + '"';
    if (!piece.file_name.empty()) body += "; filename=\"" + piece.file_name + '"';
    body += "\r\n";
    if (!piece.type.empty()) body += "Content-Type: " + piece.type + "\r\n";
    body += "\r\n" + piece.bytes + "\r\n";
  }
  return body + "--XX--\r\n";
}

inline const std::string kFormType = "multipart/form-data; boundary=XX";

struct Reply {
  explicit Reply(web::Response from) : response{std::move(from)}, status{response.status} {
    if (response.headers.get("Content-Type").find("json") != std::string_view::npos) {
      body = boost::json::parse(response.body);
    }
  }
  std::string member(std::string_view name) const {
    const boost::json::value& value = body.at(name);
    return value.is_string() ? std::string{value.get_string()} : boost::json::serialize(value);
  }
  std::string code() const { return member("code"); }
  std::string_view header(std::string_view name) const { return response.headers.get(name); }

  web::Response response;
  int status;
  boost::json::value body;
};

inline std::string path_of(const boost::json::value& link) {
  return std::string{link.as_string()}.substr(std::string_view{"http://gateway"}.size());
}

inline Reply open_link(Process& process, const std::string& path, const Fields& headers = {},
                       const std::string& method = "GET") {
  return Reply{process.ask(method, path, nullptr, kNobody, headers)};
}

inline constexpr pg::Statement refs_of{
    "test_refs_of", "SELECT coalesce(max(refs), -1) FROM blobs WHERE sha256 = $1"};

}  // namespace waybill::file::test
