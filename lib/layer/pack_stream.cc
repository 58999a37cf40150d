#include "lib/layer/pack_stream.h"

#include <memory>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/digest/sha256.h"

namespace cleat::layer {
namespace {

// Counts and hashes what passes by.
class Meter {
 public:
  explicit Meter(bool hashes) : hashes_(hashes) {}

  void Take(absl::string_view data) {
    size_ += static_cast<int64_t>(data.size());
    if (hashes_) hash_.Update(data);
  }
  int64_t size() const { return size_; }
  std::string Finish() { return hashes_ ? hash_.Finish() : ""; }

 private:
  bool hashes_;
  digest::Sha256 hash_;
  int64_t size_ = 0;
};

}  // namespace

absl::StatusOr<Summary> PackStream(const diff::Stack& before,
                                   const diff::Stack& after,
                                   const PackOptions& options,
                                   const PackedForm& form,
                                   compress::Output output) {
  const bool plain = form.compression.format == compress::Format::kPlain;
  Meter plain_meter(form.digests);
  Meter meter(form.digests && !plain);
  CLEAT_ASSIGN_OR_RETURN(
      const std::unique_ptr<compress::Sink> sink,
      compress::MakeSink(form.compression, [&](absl::string_view data) {
        meter.Take(data);
        return output(data);
      }));
  CLEAT_RETURN_IF_ERROR(
      Pack(before, after, options, [&](absl::string_view data) {
        plain_meter.Take(data);
        return sink->Write(data);
      }));
  CLEAT_RETURN_IF_ERROR(sink->Finish());
  Summary summary;
  summary.format = form.compression.format;
  summary.size = meter.size();
  summary.plain_size = plain_meter.size();
  summary.diff_id = plain_meter.Finish();
  summary.digest = plain ? summary.diff_id : meter.Finish();
  return summary;
}

}  // namespace cleat::layer
