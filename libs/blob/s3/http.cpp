// The one file that includes curl.
#include "libs/blob/s3/http.hpp"

#include <thread>

#include <curl/curl.h>

#include "libs/core/backoff.hpp"
#include "libs/core/digest.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/outgoing.hpp"

namespace waybill::blob {
namespace {

constexpr long kConnectMillis = 3'000;
// A transfer that stands still for so long has died.
constexpr long kStillSeconds = 20;
constexpr long kWholeSeconds = 300;

void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

struct Sink {
  S3Answer& answer;
  std::string& body;
  const std::size_t most;
};

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* to) {
  Sink& sink = *static_cast<Sink*>(to);
  if (sink.body.size() + count > sink.most) return 0;
  sink.body.append(bytes, count);
  return count;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* to) {
  S3Answer& answer = static_cast<Sink*>(to)->answer;
  std::string_view line{bytes, count};
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string name{line.substr(0, colon)};
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  line.remove_prefix(std::min(line.find_first_not_of(' ', colon + 1), line.size()));
  answer.headers[name] = std::string{line};
  return count;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc{};
  (void)list.release();
  list.reset(longer);
}

bool may_pass(int status) {
  return status >= 500 || status == 429;
}

}  // namespace

// A handle of the pool; goes back with its connections.
class S3Http::Handle {
 public:
  explicit Handle(S3Http& pool) : pool_{pool} {
    {
      const std::lock_guard lock{pool.mutex_};
      if (!pool.idle_.empty()) {
        curl_ = pool.idle_.back();
        pool.idle_.pop_back();
      }
    }
    if (!curl_) curl_ = curl_easy_init();
    if (!curl_) throw std::bad_alloc{};
    curl_easy_reset(curl_);
  }
  ~Handle() {
    const std::lock_guard lock{pool_.mutex_};
    pool_.idle_.push_back(curl_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_, option, value);
  }
  CURL* get() { return curl_; }

 private:
  S3Http& pool_;
  CURL* curl_ = nullptr;
};

S3Http::S3Http(const S3Options& options) : options_{options} {
  start_curl();
}

S3Http::~S3Http() {
  for (void* handle : idle_) curl_easy_cleanup(handle);
}

std::string S3Http::url(const S3Request& request) const {
  const std::size_t host = options_.endpoint.find("//") + 2;
  std::string url = options_.virtual_host ? options_.endpoint.substr(0, host) + options_.bucket +
                                                '.' + options_.endpoint.substr(host)
                                          : options_.endpoint + '/' + options_.bucket;
  if (!request.key.empty()) url += '/' + request.key;
  // Of a host without a path the path is "/", and that is what is signed.
  if (options_.virtual_host && request.key.empty()) url += '/';
  if (!request.query.empty()) url += '?' + request.query;
  return url;
}

S3Http::Tried S3Http::try_once(const S3Request& request) {
  metrics::Outgoing call{"s3", request.operation};
  Tried tried;
  Sink sink{tried.answer, request.into ? *request.into : tried.answer.body, request.most_answer};
  sink.body.clear();
  Handle curl{*this};
  List headers;
  // The server checks the body by it. curl 7.88 signs with it, but does not make it.
  append(headers, "x-amz-content-sha256: " + sha256_hex(request.body));
  append(headers, "Expect:");
  append(headers, "Content-Type: application/octet-stream");
  for (const std::string& header : request.headers) append(headers, header);
  const std::string where = url(request);
  const std::string signer = "aws:amz:" + options_.region + ":s3";
  const std::string user = options_.access_key + ':' + options_.secret_key.reveal();
  curl.set(CURLOPT_URL, where.c_str());
  curl.set(CURLOPT_AWS_SIGV4, signer.c_str());
  curl.set(CURLOPT_USERPWD, user.c_str());
  curl.set(CURLOPT_HTTPHEADER, headers.get());
  curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
  curl.set(CURLOPT_PROXY, "");
  curl.set(CURLOPT_NOSIGNAL, 1L);
  curl.set(CURLOPT_CONNECTTIMEOUT_MS, kConnectMillis);
  curl.set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl.set(CURLOPT_LOW_SPEED_TIME, kStillSeconds);
  curl.set(CURLOPT_TIMEOUT, kWholeSeconds);
  curl.set(CURLOPT_WRITEFUNCTION, take_body);
  curl.set(CURLOPT_WRITEDATA, &sink);
  curl.set(CURLOPT_HEADERFUNCTION, take_header);
  curl.set(CURLOPT_HEADERDATA, &sink);
  if (request.method == "HEAD") {
    curl.set(CURLOPT_NOBODY, 1L);
  } else {
    if (request.method == "PUT" || request.method == "POST") {
      curl.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl.set(CURLOPT_POSTFIELDS, request.body.data() ? request.body.data() : "");
    }
    curl.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  tried.answer.status = static_cast<int>(status);
  if (code != CURLE_OK) {
    tried.trouble = curl_easy_strerror(code);
  } else if (may_pass(tried.answer.status)) {
    tried.trouble = fmt::format("status {} {}", status, s3_code(tried.answer.body));
  } else {
    call.succeeded();
  }
  return tried;
}

S3Answer S3Http::send(const S3Request& request) {
  Backoff backoff{milliseconds{100}, seconds{2}};
  for (std::size_t tries = 1;; ++tries) {
    Tried tried = try_once(request);
    if (tried.trouble.empty()) return std::move(tried.answer);
    log::warn("blob.s3-failed",
              {{"operation", request.operation}, {"try", tries}, {"reason", tried.trouble}});
    if (tries >= options_.tries) {
      throw StoreError(fmt::format("s3 {}: {}", request.operation, tried.trouble));
    }
    std::this_thread::sleep_for(backoff.next());
  }
}

S3Answer S3Http::must(const S3Request& request) {
  S3Answer answer = send(request);
  check(request, answer);
  return answer;
}

void check(const S3Request& request, const S3Answer& answer) {
  if (answer.status / 100 == 2) return;
  throw StoreError(
      fmt::format("s3 {}: status {} {}", request.operation, answer.status, s3_code(answer.body)));
}

std::string s3_code(const std::string& body) {
  const std::size_t begin = body.find("<Code>");
  const std::size_t end = body.find("</Code>", begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  return body.substr(begin + 6, std::min<std::size_t>(end - begin - 6, 100));
}

}  // namespace waybill::blob
