#include "lib/tar/stat_entry.h"

#include <sys/sysmacros.h>

namespace cleat::tar {
namespace {

struct TypeOfMode {
  mode_t mode;
  Type type;
};

constexpr TypeOfMode kTypes[] = {
    {S_IFREG, Type::kFile},       {S_IFLNK, Type::kSymlink},
    {S_IFCHR, Type::kCharDevice}, {S_IFBLK, Type::kBlockDevice},
    {S_IFDIR, Type::kDirectory},  {S_IFIFO, Type::kFifo},
};

Type TypeOf(mode_t mode) {
  for (const TypeOfMode& known : kTypes) {
    if ((mode & S_IFMT) == known.mode) return known.type;
  }
  return Type::kFile;
}

}  // namespace

Entry StatEntry(const struct stat& info) {
  Entry entry;
  entry.type = TypeOf(info.st_mode);
  entry.mode = info.st_mode & 07777;
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.mtime = info.st_mtim;
  if (S_ISREG(info.st_mode)) entry.size = info.st_size;
  if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) {
    entry.major = major(info.st_rdev);
    entry.minor = minor(info.st_rdev);
  }
  return entry;
}

}  // namespace cleat::tar
