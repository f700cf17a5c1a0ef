// Bytes between a socket and a parser: appended behind, consumed in front, contiguous.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include <boost/asio/buffer.hpp>

namespace waybill::web {

class ReadBuffer {
 public:
  std::string_view data() const { return {bytes_.get() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

  // Room for the next bytes.
  boost::asio::mutable_buffer prepare() {
    if (capacity_ - end_ < kLeastRoom)
      resize(size() + kLeastRoom > capacity_ ? capacity_ * 2 : capacity_);
    return {bytes_.get() + end_, capacity_ - end_};
  }

  // A read that fills all the room is a sign of more: large bodies arrive in larger pieces.
  void commit(std::size_t count) {
    end_ += count;
    if (end_ == capacity_ && capacity_ < kMostByReads) resize(capacity_ * 2);
  }

  // To be called when the connection falls idle, so that ten thousand of them cost little.
  void shrink() {
    if (empty() && capacity_ > kKept) {
      bytes_.reset();
      capacity_ = begin_ = end_ = 0;
    }
  }

 private:
  static constexpr std::size_t kFirstSize = 4 * 1024;
  static constexpr std::size_t kLeastRoom = 2 * 1024;
  static constexpr std::size_t kKept = 16 * 1024;
  static constexpr std::size_t kMostByReads = 64 * 1024;

  void resize(std::size_t capacity) {
    capacity = std::max(capacity, kFirstSize);
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    if (!empty()) std::memcpy(bytes.get(), bytes_.get() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace waybill::web
