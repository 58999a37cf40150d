#include "lib/copy/copy.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/copy/tree_reader.h"
#include "lib/copy/tree_writer.h"
#include "lib/layer/name.h"
#include "lib/sys/in_place.h"
#include "lib/tar/reader.h"

namespace cleat::copy {
namespace {

absl::Status Refused(const Path& path, absl::string_view reason) {
  return absl::FailedPreconditionError(absl::StrCat(path.text, ": ", reason));
}

absl::StatusOr<Place> FindSource(const Side& side, const Path& path,
                                 const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(Place place,
                         FindPlace(side, path, options.follow_link));
  if (place.kind != Kind::kAbsent) return place;
  return absl::NotFoundError(
      absl::StrCat(path.text, ": there is no such file or directory"));
}

// The name of the source in its directory; "" for what is in it.
std::string NameOf(const Path& source, const Place& place) {
  if (source.contents || place.base.empty()) return "";
  return std::string(layer::Split(source.text).base);
}

// Where the copy goes: a directory, and the copy's name in it.
struct Target {
  sys::Fd directory;
  std::string name;
};

absl::StatusOr<Target> InDirectory(const Place& place,
                                   const std::string& name) {
  Target target;
  CLEAT_ASSIGN_OR_RETURN(target.directory, OpenDirectory(place));
  target.name = name;
  return target;
}

bool MayBeReplaced(const Side& side, const Path& path, const Place& place) {
  return place.kind != Kind::kSpecial &&
         (side.is_container() || !sys::IsDescriptorName(path.text));
}

absl::StatusOr<Target> FindTarget(const Side& side, const Path& path,
                                  const Path& source, const Place& from) {
  const bool tree = from.kind == Kind::kDirectory;
  Path wanted = path;
  // A tree may make the directory that is asked for.
  wanted.directory = path.directory && !tree;
  CLEAT_ASSIGN_OR_RETURN(Place place, FindPlace(side, wanted, true));
  if (place.kind == Kind::kDirectory) {
    return InDirectory(place, NameOf(source, from));
  }
  if (place.kind == Kind::kAbsent && wanted.directory) {
    return Refused(path, "there is no such directory");
  }
  if (!MayBeReplaced(side, path, place)) {
    return Refused(path,
                   "a device, a FIFO, a socket or a descriptor is not "
                   "overwritten");
  }
  if (place.kind == Kind::kOther && tree) {
    return Refused(path, "a directory is not copied to what is none");
  }
  return Target{std::move(place.parent), place.base};
}

absl::Status CheckTarget(const Side& side, const Path& path,
                         const Target& target) {
  if (!side.is_container()) return absl::OkStatus();
  return CheckNoKernelFile(target.directory.get(), path.text);
}

// Whoever is nobody's root there belongs to what root is there.
absl::StatusOr<Owner> DefaultOwner(const Side& side) {
  if (!side.is_container()) return Owner{geteuid(), getegid()};
  if (side.uids.empty()) return Owner{0, 0};
  const auto uid = procfs::MapOut(side.uids, 0);
  const auto gid = procfs::MapOut(side.gids, 0);
  if (uid.has_value() && gid.has_value()) return Owner{*uid, *gid};
  return absl::FailedPreconditionError(
      "the container's user namespace has no root; --archive keeps owners");
}

absl::StatusOr<WriteOptions> OptionsOf(const Side& to, const Options& options) {
  WriteOptions write;
  if (options.archive) return write;
  CLEAT_ASSIGN_OR_RETURN(write.owner, DefaultOwner(to));
  write.harmless = !to.is_container();
  return write;
}

// An entry of the archive as the writer takes it.
absl::StatusOr<tar::Entry> CleanEntry(const tar::Entry& entry) {
  tar::Entry clean = entry;
  CLEAT_ASSIGN_OR_RETURN(clean.name, layer::CleanName(entry.name));
  if (entry.type == tar::Type::kHardLink) {
    CLEAT_ASSIGN_OR_RETURN(clean.link, layer::CleanName(entry.link));
  }
  return clean;
}

class ArchiveData : public Data {
 public:
  explicit ArchiveData(tar::Reader& reader) : reader_(reader) {}
  absl::StatusOr<tar::Reader::Piece> Next() override { return reader_.Data(); }

 private:
  tar::Reader& reader_;
};

absl::Status Unpack(tar::Reader& reader, TreeWriter& writer) {
  ArchiveData data(reader);
  tar::Entry entry;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, reader.Next(&entry));
    if (!more) break;
    CLEAT_ASSIGN_OR_RETURN(const tar::Entry clean, CleanEntry(entry));
    CLEAT_RETURN_IF_ERROR(writer.Add(clean, data));
  }
  CLEAT_RETURN_IF_ERROR(reader.Drain());
  return writer.Finish();
}

absl::Status AddToArchive(const tar::Entry& entry, Data& data,
                          tar::Writer& writer) {
  tar::Entry named = entry;
  if (entry.type == tar::Type::kDirectory) {
    named.name = entry.name.empty() ? "./" : absl::StrCat(entry.name, "/");
  }
  CLEAT_RETURN_IF_ERROR(writer.Add(named));
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const tar::Reader::Piece piece, data.Next());
    if (piece.bytes.empty()) return absl::OkStatus();
    CLEAT_RETURN_IF_ERROR(writer.Write(piece.bytes));
  }
}

}  // namespace

absl::Status Copy(const Side& from, const Path& source, const Side& to,
                  const Path& target, const Options& options) {
  const std::string words = absl::StrCat(source.text, " to ", target.text);
  trace::Span span("copy", words);
  CLEAT_ASSIGN_OR_RETURN(const Place place, FindSource(from, source, options));
  CLEAT_ASSIGN_OR_RETURN(const Target there,
                         FindTarget(to, target, source, place));
  CLEAT_RETURN_IF_ERROR(CheckTarget(to, target, there));
  CLEAT_ASSIGN_OR_RETURN(const WriteOptions write, OptionsOf(to, options));
  TreeWriter writer(to, there.directory.get(), write);
  CLEAT_RETURN_IF_ERROR(ReadTree(from, place, there.name,
                                 [&](const tar::Entry& entry, Data& data) {
                                   return writer.Add(entry, data);
                                 }));
  return writer.Finish();
}

absl::Status CopyToTar(const Side& from, const Path& source,
                       const Options& options, tar::Sink sink) {
  CLEAT_ASSIGN_OR_RETURN(const Place place, FindSource(from, source, options));
  tar::Writer writer(std::move(sink));
  CLEAT_RETURN_IF_ERROR(ReadTree(from, place, NameOf(source, place),
                                 [&](const tar::Entry& entry, Data& data) {
                                   return AddToArchive(entry, data, writer);
                                 }));
  return writer.Finish();
}

absl::Status CopyFromTar(compress::ChunkSource* archive, const Side& to,
                         const Path& target) {
  Path directory = target;
  directory.directory = true;
  CLEAT_ASSIGN_OR_RETURN(const Place place, FindPlace(to, directory, true));
  if (place.kind == Kind::kAbsent) {
    return Refused(target, "there is no such directory");
  }
  CLEAT_ASSIGN_OR_RETURN(const Target there, InDirectory(place, ""));
  CLEAT_RETURN_IF_ERROR(CheckTarget(to, target, there));
  TreeWriter writer(to, there.directory.get(), WriteOptions());
  tar::Reader reader(archive);
  return Unpack(reader, writer);
}

}  // namespace cleat::copy
