#include "lib/runtime/program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "lib/sys/fd.h"

namespace cleat::runtime {
namespace {

// fs/exec.c, exec_binprm(): how often an interpreter may name another.
constexpr int kMaxDepth = 5;
// linux/binfmts.h: what the kernel reads of a file to know what it is.
constexpr size_t kHeader = 256;

int OpenWithoutMagic(const char* path, int flags) {
  struct open_how how = {};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(
      syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)));
}

// Reads the first bytes of a regular file; 0 for all else.
size_t ReadHeader(const char* path, char (&header)[kHeader]) {
  const sys::Fd file(OpenWithoutMagic(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  struct stat info;
  if (!file.valid() || fstat(file.get(), &info) != 0 ||
      !S_ISREG(info.st_mode)) {
    return 0;
  }
  const ssize_t count = read(file.get(), header, kHeader - 1);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

// Cuts "#!  /bin/sh -e\n" down to "/bin/sh". False for what is no script.
bool Interpreter(char (&header)[kHeader], size_t count, const char** path) {
  header[count] = '\0';
  if (strncmp(header, "#!", 2) != 0) return false;
  char* const begin = header + 2 + strspn(header + 2, " \t");
  begin[strcspn(begin, " \t\n")] = '\0';
  *path = begin;
  return *begin != '\0';
}

}  // namespace

int CheckProgram(const char* path) {
  // The next header is read by the path in this one.
  char headers[2][kHeader];
  for (int depth = 0; depth <= kMaxDepth; ++depth) {
    const sys::Fd place(OpenWithoutMagic(path, O_PATH));
    if (!place.valid()) return errno == ELOOP ? ELOOP : 0;
    char(&header)[kHeader] = headers[depth % 2];
    const size_t count = ReadHeader(path, header);
    if (count == 0 || !Interpreter(header, count, &path)) return 0;
  }
  return ELOOP;
}

}  // namespace cleat::runtime
