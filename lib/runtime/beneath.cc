#include "lib/runtime/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cleat::runtime {
namespace {

constexpr int kPlace = O_PATH | O_DIRECTORY;

// As many as the kernel follows.
constexpr int kMaxLinks = 40;

// A walk along `path`, which is below `root`: each directory on the way is
// opened in turn, and what is missing is made. `path` is cut at each '/' while
// it is looked at.
struct Walk {
  int root;
  char path[PATH_MAX];
  uint64_t resolve;
  // Whether the last part is a directory.
  bool directory;
  int links;
};

int MakeEntry(int parent, const char* name, bool directory) {
  if (directory) return mkdirat(parent, name, 0755);
  const int fd = openat(
      parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  return fd < 0 ? -1 : close(fd);
}

// `name`, at which `walk.path` ends now, is a link: its text takes its place.
// `rest` is what follows it.
int FollowLink(Walk& walk, int parent, char* name, const char* rest) {
  char text[PATH_MAX];
  const ssize_t length = readlinkat(parent, name, text, sizeof(text) - 1);
  if (length < 0) return -1;
  text[length] = '\0';
  char whole[PATH_MAX];
  // An absolute text starts anew from the root.
  const int before = text[0] == '/' ? 0 : static_cast<int>(name - walk.path);
  const int size = snprintf(whole, sizeof(whole), "%.*s%s/%s", before,
                            walk.path, text, rest);
  if (size >= static_cast<int>(sizeof(whole))) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (++walk.links > kMaxLinks) {
    errno = ELOOP;
    return -1;
  }
  strcpy(walk.path, whole);
  return 0;
}

enum class Step { kOpened, kFollowed, kFailed };

// Opens what `walk.path` says so far, into `*fd`; makes it where it is
// missing. What is in the way, and was missing, is a link to nothing.
Step OpenOrMake(Walk& walk, int parent, char* name, const char* rest, int* fd) {
  const bool directory = walk.directory || *rest != '\0';
  const int flags = directory ? kPlace : O_PATH;
  *fd = OpenBelow(walk.root, walk.path, flags, walk.resolve);
  if (*fd >= 0) return Step::kOpened;
  if (errno != ENOENT) return Step::kFailed;
  if (MakeEntry(parent, name, directory) == 0) {
    *fd = OpenBelow(walk.root, walk.path, flags, walk.resolve);
    return *fd >= 0 ? Step::kOpened : Step::kFailed;
  }
  if (errno != EEXIST) return Step::kFailed;
  if (FollowLink(walk, parent, name, rest) == 0) return Step::kFollowed;
  if (errno != EINVAL) return Step::kFailed;
  // No link: somebody else has just made it.
  *fd = OpenBelow(walk.root, walk.path, flags, walk.resolve);
  return *fd >= 0 ? Step::kOpened : Step::kFailed;
}

// The next part of the path, from `*name` on; starts anew where the path has
// changed. -1 with errno.
int Advance(Walk& walk, int parent, char** name) {
  char* const end = *name + strcspn(*name, "/");
  char* const rest = end + strspn(end, "/");
  const char separator = *end;
  *end = '\0';
  int next = -1;
  const Step step = OpenOrMake(walk, parent, *name, rest, &next);
  if (step == Step::kFollowed) {
    *name = walk.path + strspn(walk.path, "/");
    return OpenBelow(walk.root, "/", kPlace);
  }
  *end = separator;
  *name = rest;
  return next;
}

int OpenStepByStep(int root, const char* path, uint64_t resolve,
                   bool directory) {
  Walk walk;
  if (strlen(path) >= sizeof(walk.path)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(walk.path, path);
  walk.root = root;
  walk.resolve = resolve;
  walk.directory = directory;
  walk.links = 0;
  int parent = OpenBelow(root, "/", kPlace);
  char* name = walk.path + strspn(walk.path, "/");
  while (parent >= 0 && *name != '\0') {
    const int next = Advance(walk, parent, &name);
    const int error = errno;
    close(parent);
    errno = error;
    parent = next;
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
  return OpenStepByStep(root, path, resolve, /*directory=*/true);
}

int OpenFileBelow(int root, const char* path) {
  const int fd = OpenBelow(root, path, O_PATH);
  if (fd >= 0 || errno != ENOENT) return fd;
  return OpenStepByStep(root, path, 0, /*directory=*/false);
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
