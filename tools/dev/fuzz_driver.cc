// A main() for a file that defines LLVMFuzzerTestOneInput, where libFuzzer is
// not at hand (it is clang's; the build is g++'s). It runs every file named in
// argv as it is, then mutations of them:
//
//   NAME_fuzz [FILE…]
//
// The same files give the same mutations each time, so that a failure comes
// back. CLEAT_FUZZ_RUNS (20000) and CLEAT_FUZZ_SECONDS (10) bound the run. An
// input that kills the process is saved where Bazel keeps a test's outputs, or
// in the working directory, as "crash-input", to be named in argv next.

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

// The sanitizers' way to say that the process is about to die of a finding.
extern "C" void __sanitizer_set_death_callback(void (*callback)())
    __attribute__((weak));

namespace {

using Input = std::vector<uint8_t>;
using Random = std::mt19937_64;

constexpr size_t kMaxMutatedBytes = 64 << 10;
constexpr int kMaxMutations = 8;

// What parsers treat in their own way: limits of integers, brackets, escapes.
constexpr const char* kTokens[] = {
    "0",    "-1",   "255",  "65536", "2147483647", "4294967296",
    "/",    "../",  "//",   "\\",    "\\u0000",    "\"",
    "{",    "}",    "[",    "]",     ":",          ",",
    "=",    "\n",   " ",    "\t",    "\xff\xff",   "\xef\xbb\xbf",
    "null", "true", "1e99", "%s",    "sha256:",    "9223372036854775808",
};
constexpr uint64_t kNumbers[] = {
    0,          1,          0x7f,       0x80,       0xff,
    0x7fff,     0x8000,     0xffff,     0x7fffffff, 0x80000000,
    0xffffffff, 1ULL << 40, ~0ULL >> 1, 1ULL << 63, ~0ULL,
};

// The input under test, where the handlers of a crash find it.
const uint8_t* current_data = nullptr;
size_t current_size = 0;
char crash_path[4096] = "crash-input";

size_t Below(Random& random, size_t bound) {
  return bound == 0 ? 0 : random() % bound;
}

// Async-signal-safe. A lost input is found again by running the test again.
void SaveCurrentInput() {
  const int fd =
      open(crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return;
  const ssize_t ignored = write(fd, current_data, current_size);
  static_cast<void>(ignored);
  close(fd);
}

void OnDeadlySignal(int signal_number) {
  SaveCurrentInput();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

void SaveInputOnCrash() {
  if (const char* directory = getenv("TEST_UNDECLARED_OUTPUTS_DIR")) {
    snprintf(crash_path, sizeof(crash_path), "%s/crash-input", directory);
  }
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(SaveCurrentInput);
    return;
  }
  for (const int deadly : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    signal(deadly, OnDeadlySignal);
  }
}

// In a heap block of its exact size, so that a byte read past the end is seen.
void RunOne(const Input& input) {
  std::unique_ptr<uint8_t[]> exact(new uint8_t[input.size()]);
  std::copy(input.begin(), input.end(), exact.get());
  current_data = exact.get();
  current_size = input.size();
  LLVMFuzzerTestOneInput(exact.get(), input.size());
}

void FlipBit(Random& random, Input& input) {
  if (input.empty()) return;
  input[Below(random, input.size())] ^= 1U << Below(random, 8);
}

void SetByte(Random& random, Input& input) {
  if (input.empty()) return;
  input[Below(random, input.size())] = static_cast<uint8_t>(random());
}

void Truncate(Random& random, Input& input) {
  input.resize(Below(random, input.size() + 1));
}

void EraseRange(Random& random, Input& input) {
  const size_t from = Below(random, input.size() + 1);
  const size_t count = Below(random, std::min<size_t>(input.size() - from, 64));
  input.erase(input.begin() + from, input.begin() + from + count);
}

void RepeatRange(Random& random, Input& input) {
  const size_t from = Below(random, input.size() + 1);
  const size_t count = Below(random, std::min<size_t>(input.size() - from, 64));
  const Input range(input.begin() + from, input.begin() + from + count);
  input.insert(input.begin() + from, range.begin(), range.end());
}

void InsertToken(Random& random, Input& input) {
  const char* token = kTokens[Below(random, std::size(kTokens))];
  input.insert(input.begin() + Below(random, input.size() + 1), token,
               token + strlen(token));
}

// Writes an interesting number over 1, 2, 4 or 8 bytes, in either byte order.
void OverwriteNumber(Random& random, Input& input) {
  const uint64_t number = kNumbers[Below(random, std::size(kNumbers))];
  const size_t width = size_t{1} << Below(random, 4);
  if (input.size() < width) return;
  const size_t at = Below(random, input.size() - width + 1);
  const bool big_endian = Below(random, 2) == 0;
  for (size_t i = 0; i < width; ++i) {
    input[at + (big_endian ? width - 1 - i : i)] =
        static_cast<uint8_t>(number >> (8 * i));
  }
}

constexpr void (*kMutations[])(Random&, Input&) = {
    FlipBit,     SetByte,     Truncate,        EraseRange,
    RepeatRange, InsertToken, OverwriteNumber,
};

// The head of one input and the tail of another.
Input Splice(Random& random, const Input& head, const Input& tail) {
  Input spliced(head.begin(), head.begin() + Below(random, head.size() + 1));
  spliced.insert(spliced.end(), tail.begin() + Below(random, tail.size() + 1),
                 tail.end());
  return spliced;
}

Input Mutate(Random& random, const std::vector<Input>& corpus) {
  Input input = corpus[Below(random, corpus.size())];
  if (Below(random, 8) == 0) {
    input = Splice(random, input, corpus[Below(random, corpus.size())]);
  }
  for (size_t left = 1 + Below(random, kMaxMutations); left > 0; --left) {
    kMutations[Below(random, std::size(kMutations))](random, input);
  }
  if (input.size() > kMaxMutatedBytes) input.resize(kMaxMutatedBytes);
  return input;
}

std::vector<Input> ReadCorpus(int argc, char** argv) {
  std::vector<Input> corpus = {{}};
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      fprintf(stderr, "fuzz: open %s: %s\n", argv[i], strerror(errno));
      exit(2);
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(file),
                        std::istreambuf_iterator<char>());
  }
  return corpus;
}

uint64_t Bound(const char* variable, uint64_t otherwise) {
  const char* text = getenv(variable);
  return text == nullptr ? otherwise : strtoull(text, nullptr, 10);
}

uint64_t NowSeconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t runs = Bound("CLEAT_FUZZ_RUNS", 20000);
  const uint64_t end = NowSeconds() + Bound("CLEAT_FUZZ_SECONDS", 10);
  const std::vector<Input> corpus = ReadCorpus(argc, argv);
  SaveInputOnCrash();
  for (const Input& input : corpus) RunOne(input);
  Random random(corpus.size());
  uint64_t done = 0;
  for (; done < runs && NowSeconds() < end; ++done) {
    RunOne(Mutate(random, corpus));
  }
  printf("%zu inputs of the corpus, %llu mutations\n", corpus.size(),
         static_cast<unsigned long long>(done));
  return 0;
}
