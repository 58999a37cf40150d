#ifndef CLEAT_LIB_RUNTIME_BENEATH_H_
#define CLEAT_LIB_RUNTIME_BENEATH_H_

#include <sys/types.h>

#include <cstdint>

// Paths below a container's root, which its image has made: each is resolved
// by openat2(2) within the root and used through the descriptor. For a child
// after clone: nothing is allocated, -1 with errno is failure, descriptors are
// CLOEXEC.

namespace cleat::runtime {

// Opens `path` with `root` as "/". Links that leave the root by magic
// (/proc/self/fd/…) are refused; further RESOLVE_* may be given.
int OpenBelow(int root, const char* path, int flags, uint64_t resolve = 0);

// A directory for use as a place (O_PATH), made with its parents, mode 0755,
// where it is missing. Where a link leads to what is missing, that is made.
int OpenDirectoryBelow(int root, const char* path, uint64_t resolve = 0);

// The same of what is no directory, made as an empty file. What is there may be
// anything, a directory too.
int OpenFileBelow(int root, const char* path);

// Opens the directory in which `path` lies, made where it is missing, and sets
// `*name` to the last part of `path`.
int OpenParentBelow(int root, const char* path, const char** name);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_BENEATH_H_
