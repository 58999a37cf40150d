#include "lib/runtime/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cleat::runtime {
namespace {

constexpr int kPlace = O_PATH | O_DIRECTORY;

// Opens the first `length` bytes of `path`, a directory of whose parents all
// exist; makes it in `parent` under `name` when it is missing.
int OpenOrMake(int root, const char* prefix, int parent, const char* name,
               uint64_t resolve) {
  const int fd = OpenBelow(root, prefix, kPlace, resolve);
  if (fd >= 0 || errno != ENOENT) return fd;
  if (mkdirat(parent, name, 0755) != 0) return -1;
  return OpenBelow(root, prefix, kPlace, resolve);
}

// Opens each directory on the way to `path` in turn, making what is missing.
// `path` is cut at each '/' while it is looked at.
int OpenStepByStep(int root, char* path, uint64_t resolve) {
  int parent = OpenBelow(root, "/", kPlace);
  char* name = path + strspn(path, "/");
  while (parent >= 0 && *name != '\0') {
    char* const end = name + strcspn(name, "/");
    const char separator = *end;
    *end = '\0';
    const int next = OpenOrMake(root, path, parent, name, resolve);
    const int error = errno;
    close(parent);
    errno = error;
    parent = next;
    *end = separator;
    name = end + strspn(end, "/");
  }
  return parent;
}

}  // namespace

int OpenBelow(int root, const char* path, int flags, uint64_t resolve) {
  struct open_how how = {};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  long fd;
  do {
    fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return static_cast<int>(fd);
}

int OpenDirectoryBelow(int root, const char* path, uint64_t resolve) {
  const int fd = OpenBelow(root, path, kPlace, resolve);
  if (fd >= 0 || errno != ENOENT) return fd;
  char copy[PATH_MAX];
  if (strlen(path) >= sizeof(copy)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(copy, path);
  return OpenStepByStep(root, copy, resolve);
}

int OpenParentBelow(int root, const char* path, const char** name) {
  const char* const slash = strrchr(path, '/');
  *name = slash == nullptr ? path : slash + 1;
  if (slash == nullptr || slash == path) return OpenDirectoryBelow(root, "/");
  char parent[PATH_MAX];
  const size_t length = static_cast<size_t>(slash - path);
  if (length >= sizeof(parent)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(parent, path, length);
  parent[length] = '\0';
  return OpenDirectoryBelow(root, parent);
}

}  // namespace cleat::runtime
