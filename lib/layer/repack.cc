#include "lib/layer/repack.h"

#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/compress/channel.h"
#include "lib/digest/sha256.h"
#include "lib/layer/unpack.h"
#include "lib/sys/threads.h"
#include "lib/tarsplit/split_file.h"

namespace cleat::layer {
namespace {

absl::StatusOr<Unpacked> UnpackFrom(compress::Channel& channel, int directory,
                                    const Form& form,
                                    const std::string& tar_split) {
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<tarsplit::SplitFile> split,
                         tarsplit::SplitFile::Create(tar_split));
  CLEAT_ASSIGN_OR_RETURN(const Unpacked unpacked,
                         UnpackTar(&channel, directory, form, split->tap()));
  CLEAT_RETURN_IF_ERROR(split->Finish());
  return unpacked;
}

}  // namespace

absl::StatusOr<Repacked> Repack(const diff::Stack& before,
                                const diff::Stack& after,
                                const PackOptions& options, int directory,
                                const Form& form,
                                const std::string& tar_split) {
  Repacked repacked;
  digest::Sha256 hash;
  compress::Channel channel;
  absl::Status packed;
  CLEAT_ASSIGN_OR_RETURN(
      sys::Thread packer, sys::Thread::Start([&] {
        packed = Pack(before, after, options, [&](absl::string_view data) {
          hash.Update(data);
          repacked.archive_size += static_cast<int64_t>(data.size());
          return channel.Write(data);
        });
        channel.Close(packed);
      }));
  const absl::StatusOr<Unpacked> unpacked =
      UnpackFrom(channel, directory, form, tar_split);
  channel.Abandon();
  packer.Join();
  // The reader has the packer's error with words about an archive.
  if (!packed.ok() && !absl::IsCancelled(packed)) return packed;
  if (!unpacked.ok()) return unpacked.status();
  repacked.diff_id = hash.Finish();
  repacked.content_size = unpacked->content_size;
  return repacked;
}

}  // namespace cleat::layer
