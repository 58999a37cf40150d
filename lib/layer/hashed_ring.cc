#include "lib/layer/hashed_ring.h"

#include "lib/base/status_macros.h"

namespace cleat::layer {
namespace {

// Decoders like large pieces (IsalGzipSource).
constexpr size_t kSlotSize = size_t{512} << 10;

}  // namespace

HashedRing::HashedRing(compress::ByteSource* input, Helpers helpers,
                       digest::HashQueue* hash)
    : input_(input),
      helpers_may_read_(helpers == Helpers::kMayRead),
      hash_(hash),
      buffer_(base::MakePageBuffer(kSlotSize * kSlots)) {}

char* HashedRing::Slot(uint64_t number) {
  return &buffer_[number % kSlots * kSlotSize];
}

void HashedRing::Read() {
  const uint64_t number = filled_;
  if (number >= kSlots) {
    hash_->Await(number - kSlots + 1);
  }
  absl::StatusOr<size_t> size = input_->Read(Slot(number), kSlotSize);
  ended_ = !size.ok() || *size == 0;
  if (!ended_) hash_->Add({Slot(number), *size});
  sizes_[number % kSlots] = std::move(size);
  filled_ = number + 1;
}

bool HashedRing::Help() {
  if (!helpers_may_read_) return false;
  const std::unique_lock<std::mutex> lock(reading_, std::try_to_lock);
  if (!lock.owns_lock() || ended_) return false;
  if (filled_ + 1 >= given_ + kSlots) return false;
  Read();
  return true;
}

absl::StatusOr<absl::string_view> HashedRing::Next() {
  const uint64_t number = given_;
  if (filled_ == number) {
    // Unless a helper does it meanwhile.
    const std::lock_guard<std::mutex> lock(reading_);
    if (filled_ == number) Read();
  }
  given_ = number + 1;
  CLEAT_ASSIGN_OR_RETURN(const size_t size, sizes_[number % kSlots]);
  size_ += static_cast<int64_t>(size);
  return absl::string_view(Slot(number), size);
}

}  // namespace cleat::layer
