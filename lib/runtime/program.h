#ifndef CLEAT_LIB_RUNTIME_PROGRAM_H_
#define CLEAT_LIB_RUNTIME_PROGRAM_H_

namespace cleat::runtime {

// Whether running `path` may run this very binary, which is the host's: until
// exec it is what /proc/self/exe leads to, from within the container, too, and
// once it runs there it can be opened and, later, written (CVE-2019-5736).
// So neither the program nor the interpreter that a script names, nor that
// one's, may be reached through a link of procfs. 0, or the errno of what is
// refused; what is not there or cannot be read is left to execve(2) to name.
//
// For a child before exec: allocates nothing. Paths are this process's.
int CheckProgram(const char* path);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_PROGRAM_H_
