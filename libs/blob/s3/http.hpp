// Signed requests to an S3 server: libcurl inside, connections kept, what may be repeated repeated.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "libs/blob/s3.hpp"

namespace waybill::blob {

struct S3Request {
  explicit S3Request(const char* what, std::string how = "GET", std::string object = {})
      : operation{what}, method{std::move(how)}, key{std::move(object)} {}

  const char* operation;  // a literal, for the metric
  std::string method;
  std::string key;  // of the object, empty: of the bucket
  // In the order of names and of characters that need no escapes but '/': as it is signed.
  std::string query;
  std::vector<std::string> headers;  // "name: value"
  std::string_view body;
  std::size_t most_answer = 8 * 1024 * 1024;  // bytes
  std::string* into = nullptr;  // set: where the answer's body goes instead, whose room is kept
};

struct S3Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class S3Http {
 public:
  explicit S3Http(const S3Options& options);
  ~S3Http();

  // The answer, whatever its status below 500; 5xx, 429 and broken connections are tried again for
  // a while, then they are a StoreError. Thread-safe.
  S3Answer send(const S3Request& request);
  // The same, but anything but 2xx is a StoreError.
  S3Answer must(const S3Request& request);

 private:
  class Handle;
  struct Tried {
    S3Answer answer;
    std::string trouble;  // empty: it is an answer
  };
  Tried try_once(const S3Request& request);
  std::string url(const S3Request& request) const;

  const S3Options options_;
  std::mutex mutex_;
  std::vector<void*> idle_;  // curl's handles with their connections
};

// Throws StoreError for anything but 2xx.
void check(const S3Request& request, const S3Answer& answer);

// The part of an S3 error document that tells what is wrong: its <Code>.
std::string s3_code(const std::string& body);

}  // namespace waybill::blob
