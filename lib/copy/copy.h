#ifndef CLEAT_LIB_COPY_COPY_H_
#define CLEAT_LIB_COPY_COPY_H_

#include "absl/status/status.h"
#include "lib/compress/chunk_source.h"
#include "lib/copy/place.h"
#include "lib/tar/writer.h"

// What `docker cp` does, on two file systems that are there: no daemon, and no
// program of the container has a part in it (CVE-2019-14271).
// https://docs.docker.com/reference/cli/docker/container/cp/ has the rules of
// which name a copy gets.

namespace cleat::copy {

struct Options {
  // Keep owners. Otherwise a copy belongs to the caller on the host, and to
  // its root in a container, and what gives rights on the host (setuid bits,
  // capabilities, devices) does not get there.
  bool archive = false;
  // Copy what the source leads to where it is a symbolic link.
  bool follow_link = false;
};

// Copies the file or tree `source` to `target`: into it where it is a
// directory, otherwise to that name.
absl::Status Copy(const Side& from, const Path& source, const Side& to,
                  const Path& target, const Options& options);

// The same into an archive.
absl::Status CopyToTar(const Side& from, const Path& source,
                       const Options& options, tar::Sink sink);

// Unpacks an archive, with its owners, in the directory `target`.
absl::Status CopyFromTar(compress::ChunkSource* archive, const Side& to,
                         const Path& target);

}  // namespace cleat::copy

#endif  // CLEAT_LIB_COPY_COPY_H_
