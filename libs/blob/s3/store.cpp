// The S3 store: objects/<key> for what is finished, incoming/<uuid> for large uploads on their way.
#include <charconv>

#include "libs/blob/s3/http.hpp"
#include "libs/blob/s3/signature.hpp"
#include "libs/core/id.hpp"
#include "libs/log/log.hpp"
#include "libs/web/http.hpp"

namespace waybill::blob {
namespace {

constexpr std::string_view kObjects = "objects/";
constexpr std::string_view kIncoming = "incoming/";
// An object is read in pieces of this size, a request each: a piece that fails is asked for again,
// and a reader who pauses holds no connection.
constexpr std::uint64_t kPiece = 2 * 1024 * 1024;

// The text of the next <name>…</name> from `at` on, which is moved behind it. Keys and numbers need
// no unescaping; ETags are only sent back.
std::optional<std::string> next_element(const std::string& xml, std::string_view name,
                                        std::size_t& at, std::size_t end = std::string::npos) {
  const std::string open = fmt::format("<{}>", name);
  const std::string close = fmt::format("</{}>", name);
  const std::size_t begin = xml.find(open, at);
  if (begin == std::string::npos || begin >= end) return std::nullopt;
  const std::size_t stop = xml.find(close, begin);
  if (stop == std::string::npos) return std::nullopt;
  at = stop + close.size();
  return xml.substr(begin + open.size(), stop - begin - open.size());
}

std::optional<std::string> element(const std::string& xml, std::string_view name) {
  std::size_t at = 0;
  return next_element(xml, name, at);
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw StoreError("s3: a size that is no number");
  }
  return value;
}

// "Sat, 31 Jan 2026 09:30:00 GMT" (RFC 9110, 5.6.7).
Instant http_date(const std::string& text) {
  std::tm parts{};
  if (!strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts)) return {};
  return Instant{seconds{timegm(&parts)}};
}

std::string object_name(const std::string& key) {
  if (!is_key(key)) throw std::invalid_argument("no key: " + key);
  return std::string{kObjects} + key;
}

// Of the query: as it is signed, with '/' escaped.
std::string escaped(std::string_view text) {
  return web::url_encode(text);
}

}  // namespace

class S3Store final : public Store {
 public:
  explicit S3Store(S3Options options) : options_{std::move(options)}, http_{options_} {}

  std::unique_ptr<Upload> begin() override;
  std::unique_ptr<Download> open(const std::string& key, std::uint64_t first,
                                 std::uint64_t length) override;

  std::optional<Object> find(const std::string& key) override {
    S3Request request{"find", "HEAD", object_name(key)};
    const S3Answer answer = http_.send(request);
    if (answer.status == 404) return std::nullopt;
    if (answer.status != 200) throw StoreError(fmt::format("s3 find: status {}", answer.status));
    return Object{key, number(answer.headers.at("content-length")),
                  http_date(answer.headers.at("last-modified"))};
  }

  void remove(const std::string& key) override { remove_object(object_name(key)); }

  std::vector<Object> list(const std::string& after, std::size_t most) override {
    return list_below(kObjects, after, most);
  }

  std::size_t sweep(Instant before) override {
    std::size_t swept = abort_uploads(before);
    for (std::string after;;) {
      const auto page = list_below(kIncoming, after, 1'000);
      for (const Object& object : page) {
        if (object.modified >= before) continue;
        remove_object(std::string{kIncoming} + object.key);
        ++swept;
      }
      if (page.size() < 1'000) return swept;
      after = page.back().key;
    }
  }

  std::optional<std::string> link(const std::string& key, seconds life) override {
    const std::string& known =
        options_.public_endpoint.empty() ? options_.endpoint : options_.public_endpoint;
    const std::size_t host = known.find("//") + 2;
    const Credentials credentials{options_.access_key, options_.secret_key, options_.region};
    if (options_.virtual_host) {
      return presigned_url(known.substr(0, host) + options_.bucket + '.' + known.substr(host),
                           '/' + object_name(key), credentials, life, now());
    }
    return presigned_url(known, '/' + options_.bucket + '/' + object_name(key), credentials, life,
                         now());
  }

 private:
  friend class S3Upload;
  friend class S3Download;

  void remove_object(const std::string& name) {
    S3Request request{"remove", "DELETE", name};
    const S3Answer answer = http_.send(request);
    if (answer.status != 404 && answer.status / 100 != 2) {
      throw StoreError(fmt::format("s3 remove: status {} {}", answer.status, s3_code(answer.body)));
    }
  }

  // Keys come without `prefix`.
  std::vector<Object> list_below(std::string_view prefix, const std::string& after,
                                 std::size_t most) {
    std::vector<Object> objects;
    std::string last = after;
    for (bool more = true; more && objects.size() < most;) {
      S3Request request{"list"};
      request.query =
          fmt::format("list-type=2&max-keys={}&prefix={}",
                      std::min<std::size_t>(most - objects.size(), 1'000), escaped(prefix));
      if (!last.empty()) request.query += "&start-after=" + escaped(std::string{prefix} + last);
      const S3Answer answer = http_.send(request);
      if (answer.status == 404) break;  // no bucket yet
      check(request, answer);
      more = element(answer.body, "IsTruncated") == "true";
      const std::size_t before = objects.size();
      for (std::size_t at = 0; auto contents = next_element(answer.body, "Contents", at);) {
        const auto name = element(*contents, "Key");
        const auto modified = element(*contents, "LastModified");
        if (!name || !name->starts_with(prefix))
          throw StoreError("s3 list: what was not asked for");
        objects.push_back({name->substr(prefix.size()),
                           number(element(*contents, "Size").value_or("")),
                           parse_rfc3339(modified.value_or("")).value_or(Instant{})});
      }
      if (objects.size() == before) break;
      last = objects.back().key;
    }
    return objects;
  }

  std::size_t abort_uploads(Instant before) {
    S3Request request{"sweep"};
    request.query = "prefix=" + escaped(kIncoming) + "&uploads=";
    const S3Answer answer = http_.send(request);
    if (answer.status == 404) return 0;  // no bucket yet
    check(request, answer);
    std::size_t aborted = 0;
    for (std::size_t at = 0; auto upload = next_element(answer.body, "Upload", at);) {
      const auto name = element(*upload, "Key");
      const auto id = element(*upload, "UploadId");
      const auto begun = parse_rfc3339(element(*upload, "Initiated").value_or(""));
      if (!name || !id || !begun || *begun >= before) continue;
      abort_upload(*name, *id);
      ++aborted;
    }
    return aborted;
  }

  void abort_upload(const std::string& name, const std::string& id) {
    S3Request request{"abort", "DELETE", name};
    request.query = "uploadId=" + escaped(id);
    http_.send(request);  // one that is gone is as good
  }

  // Once, before the first write: buckets are made by hand where that is not allowed.
  void make_bucket() {
    std::call_once(bucket_made_, [this] {
      S3Request look{"find", "HEAD"};
      if (http_.send(look).status == 200) return;
      S3Request make{"make-bucket", "PUT"};
      const S3Answer answer = http_.send(make);
      if (answer.status / 100 != 2 && answer.status != 409) {
        throw StoreError(fmt::format("s3: there is no bucket {}, and it can't be made: {} {}",
                                     options_.bucket, answer.status, s3_code(answer.body)));
      }
    });
  }

  const S3Options options_;
  S3Http http_;
  std::once_flag bucket_made_;
};

// A part is kept until it is full. What fits into one goes straight to its place; else the parts go
// to a name of their own, from where the server copies the whole, since the key is known at the
// end.
class S3Upload final : public Upload {
 public:
  explicit S3Upload(S3Store& store)
      : store_{store}, name_{std::string{kIncoming} + incoming_name()} {
    store_.make_bucket();
  }
  ~S3Upload() override {
    try {
      if (!upload_id_.empty()) store_.abort_upload(name_, upload_id_);
      if (is_whole_) store_.remove_object(name_);
    } catch (const StoreError& error) {
      log::warn("blob.left-behind", {{"reason", error.what()}});  // until the sweep
    }
  }

  void write(std::string_view bytes) override {
    const std::size_t most = store_.options_.part;
    while (!bytes.empty()) {
      if (part_.size() == most) send_part();
      if (part_.empty()) part_.reserve(std::min(most, std::max(bytes.size(), kFirstReserve)));
      if (part_.size() + bytes.size() > part_.capacity()) part_.reserve(most);
      const std::size_t count = std::min(bytes.size(), most - part_.size());
      part_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
    }
  }

  void finish(const std::string& key) override {
    const std::string place = object_name(key);
    if (upload_id_.empty()) {
      S3Request put{"put", "PUT", place};
      put.body = part_;
      store_.http_.must(put);
      return;
    }
    if (!part_.empty()) send_part();
    complete();
    S3Request copy{"copy", "PUT", place};
    copy.headers.push_back(fmt::format("x-amz-copy-source: /{}/{}", store_.options_.bucket, name_));
    const S3Answer answer = store_.http_.must(copy);
    // A copy that fails late has said 200 already.
    if (!s3_code(answer.body).empty()) throw StoreError("s3 copy: " + s3_code(answer.body));
  }

 private:
  static constexpr std::size_t kFirstReserve = 64 * 1024;

  // A key has no dashes.
  static std::string incoming_name() {
    std::string name = new_id().to_string();
    std::erase(name, '-');
    return name;
  }

  void begin() {
    S3Request request{"begin", "POST", name_};
    request.query = "uploads=";
    const S3Answer answer = store_.http_.must(request);
    upload_id_ = element(answer.body, "UploadId").value_or("");
    if (upload_id_.empty()) throw StoreError("s3 begin: no UploadId");
  }

  void send_part() {
    if (upload_id_.empty()) begin();
    S3Request request{"part", "PUT", name_};
    request.query =
        fmt::format("partNumber={}&uploadId={}", etags_.size() + 1, escaped(upload_id_));
    request.body = part_;
    const S3Answer answer = store_.http_.must(request);
    const auto etag = answer.headers.find("etag");
    if (etag == answer.headers.end()) throw StoreError("s3 part: no ETag");
    etags_.push_back(etag->second);
    part_.clear();
  }

  void complete() {
    std::string list = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < etags_.size(); ++i) {
      list +=
          fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, etags_[i]);
    }
    list += "</CompleteMultipartUpload>";
    S3Request request{"complete", "POST", name_};
    request.query = "uploadId=" + escaped(upload_id_);
    request.body = list;
    const S3Answer answer = store_.http_.must(request);
    if (!s3_code(answer.body).empty()) throw StoreError("s3 complete: " + s3_code(answer.body));
    upload_id_.clear();
    is_whole_ = true;
  }

  S3Store& store_;
  const std::string name_;
  std::string part_;
  std::string upload_id_;
  std::vector<std::string> etags_;
  bool is_whole_ = false;  // `name_` is an object, to be removed once it has been copied
};

class S3Download final : public Download {
 public:
  S3Download(S3Store& store, std::string name, std::uint64_t first, std::uint64_t length)
      : store_{store}, name_{std::move(name)}, at_{first}, end_{first + length} {}

  std::string read(std::size_t most) override {
    if (given_ == piece_.size()) {
      if (at_ == end_) return {};
      fetch();
    }
    std::string bytes = piece_.substr(given_, most);
    given_ += bytes.size();
    return bytes;
  }

 private:
  void fetch() {
    const std::uint64_t count = std::min(kPiece, end_ - at_);
    piece_.reserve(count);
    S3Request request{"get", "GET", name_};
    request.headers.push_back(fmt::format("Range: bytes={}-{}", at_, at_ + count - 1));
    request.into = &piece_;
    const S3Answer answer = store_.http_.must(request);
    if (answer.status != 206 || piece_.size() != count) {
      throw StoreError("s3 get: not the bytes that were asked for");
    }
    given_ = 0;
    at_ += count;
  }

  S3Store& store_;
  const std::string name_;
  std::uint64_t at_;
  const std::uint64_t end_;
  std::string piece_;
  std::size_t given_ = 0;
};

std::unique_ptr<Upload> S3Store::begin() {
  return std::make_unique<S3Upload>(*this);
}

std::unique_ptr<Download> S3Store::open(const std::string& key, std::uint64_t first,
                                        std::uint64_t length) {
  const auto object = find(key);
  if (!object) return nullptr;
  if (first + length > object->size) throw StoreError("s3: " + key + " is too short");
  return std::make_unique<S3Download>(*this, object_name(key), first, length);
}

std::unique_ptr<Store> make_s3_store(S3Options options) {
  const bool has_origin =
      options.endpoint.starts_with("http://") || options.endpoint.starts_with("https://");
  if (!has_origin || options.endpoint.ends_with('/')) {
    throw std::invalid_argument("an S3 endpoint is http(s)://host[:port], not '" +
                                options.endpoint + "'");
  }
  if (options.bucket.empty() || options.access_key.empty() || options.secret_key.empty()) {
    throw std::invalid_argument("an S3 store needs a bucket, an access key and a secret key");
  }
  if (options.part < 5 * 1024 * 1024 || options.tries == 0) {
    throw std::invalid_argument("parts of S3 uploads have 5 MiB at least");
  }
  return std::make_unique<S3Store>(std::move(options));
}

}  // namespace waybill::blob
