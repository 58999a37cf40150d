// The main function of every binary, of one tool or of many. A binary with
// several is called by a tool's name (through a link), or as
// `cleat TOOL [ARGUMENT...]`.

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/version.h"
#include "lib/cli/completion.h"
#include "lib/cli/delivery.h"
#include "lib/cli/tool.h"
#include "lib/sys/file.h"

// Set by the linker around the section that CLEAT_TOOL_ writes to.
extern "C" const cleat::cli::ToolEntry* const __start_cleat_tools[];
extern "C" const cleat::cli::ToolEntry* const __stop_cleat_tools[];

namespace cleat::cli {

const ToolEntry* FindTool(absl::string_view name) {
  for (const auto* it = __start_cleat_tools; it != __stop_cleat_tools; ++it) {
    if (name == (*it)->name) return *it;
  }
  return nullptr;
}

std::vector<const ToolEntry*> AllTools() {
  std::vector<const ToolEntry*> tools(__start_cleat_tools, __stop_cleat_tools);
  std::sort(tools.begin(), tools.end(), [](const auto* a, const auto* b) {
    return strcmp(a->name, b->name) < 0;
  });
  return tools;
}

namespace {

// The first sentence.
absl::string_view Brief(absl::string_view summary) {
  return summary.substr(0, summary.find_first_of(".:;"));
}

std::string ToolList() {
  std::string text =
      "cleat: small tools for Linux containers that compose through pipes\n\n"
      "Usage: cleat TOOL [ARGUMENT...], or by a link of the tool's name;\n"
      "       cleat help TOOL says more of each, cleat help --list names "
      "all\n\n";
  for (const ToolEntry* entry : AllTools()) {
    absl::StrAppendFormat(&text, "  %-18s %s\n", entry->name,
                          Brief(entry->tool().summary));
  }
  return text;
}

// cleat(1), in the macros of man(7).
std::string ManPage() {
  std::string text =
      ".TH CLEAT 1 \"\" Cleat\n.SH NAME\ncleat \\- small tools for Linux "
      "containers\n.SH SYNOPSIS\n.B cleat TOOL\n[ARGUMENT...]\n.br\n.B TOOL\n"
      "[ARGUMENT...]\n.SH DESCRIPTION\nThe tools of Cleat in one program. A "
      "link to it that is named like a tool runs that tool.\n.PP\n"
      ".B cleat help\nlists them,\n.B cleat help TOOL\nsays more of each.\n"
      ".SH TOOLS\n";
  for (const ToolEntry* entry : AllTools()) {
    absl::StrAppend(&text, ".TP\n.BR ", entry->name, " (1)\n",
                    Brief(entry->tool().summary), "\n");
  }
  return text;
}

std::string ToolNames() {
  std::string text;
  for (const ToolEntry* entry : AllTools()) {
    absl::StrAppend(&text, entry->name, "\n");
  }
  return text;
}

int Print(absl::string_view text) {
  const absl::Status status = Deliver(text, {});
  return status.ok() ? 0 : 1;
}

int UnknownTool(absl::string_view name) {
  const std::string line =
      absl::StrCat("cleat: there is no tool '", name, "' (cleat help)\n");
  sys::WriteAll(STDERR_FILENO, line, "standard error").IgnoreError();
  return 127;
}

struct Form {
  absl::string_view name;
  std::string (*text)();
};

constexpr Form kForms[] = {
    {"--list", ToolNames},
    {"--man", ManPage},
    {"--bash", [] { return std::string(kBashCleatCompletion); }},
    {"--zsh", [] { return std::string(kZshCleatCompletion); }},
    {"--fish", [] { return std::string(kFishCleatCompletion); }},
};

int Help(int argc, char** argv) {
  if (argc < 2) return Print(ToolList());
  for (const auto& [form, text] : kForms) {
    if (form == argv[1]) return Print(text());
  }
  const ToolEntry* entry = FindTool(argv[1]);
  if (entry == nullptr) return UnknownTool(argv[1]);
  char help[] = "--help";
  char* arguments[] = {argv[1], help, nullptr};
  return entry->run(2, arguments);
}

int RunCleat(int argc, char** argv) {
  if (argc < 2) return Print(ToolList());
  const absl::string_view name = argv[1];
  if (name == "help" || name == "--help") return Help(argc - 1, argv + 1);
  if (name == "--version") return Print(absl::StrCat("cleat ", kVersion, "\n"));
  const ToolEntry* entry = FindTool(name);
  return entry == nullptr ? UnknownTool(name) : entry->run(argc - 1, argv + 1);
}

int Run(int argc, char** argv) {
  if (__stop_cleat_tools - __start_cleat_tools == 1) {
    return __start_cleat_tools[0]->run(argc, argv);
  }
  const char* path = argc > 0 ? argv[0] : "cleat";
  const char* slash = strrchr(path, '/');
  const ToolEntry* entry = FindTool(slash == nullptr ? path : slash + 1);
  return entry == nullptr ? RunCleat(argc, argv) : entry->run(argc, argv);
}

}  // namespace
}  // namespace cleat::cli

// Without exit(3), which would call the destructors of six hundred constants
// that need none: it costs a short run 4 % of its time.
int main(int argc, char** argv) {
  const int status = cleat::cli::Run(argc, argv);
  fflush(nullptr);
  _exit(status);
}
