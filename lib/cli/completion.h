#ifndef CLEAT_LIB_CLI_COMPLETION_H_
#define CLEAT_LIB_CLI_COMPLETION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/pb/table.h"

// Completion scripts, from the same tables as the flags themselves. They offer
// flags, the words that a value may be, files, and what container-list and
// image-list know at the moment.

namespace cleat::cli {

// The file NAME of share/bash-completion/completions: bash reads it when NAME
// is first completed.
std::string BashCompletion(const pb::Tool& tool);
// The file _NAME of share/zsh/site-functions.
std::string ZshCompletion(const pb::Tool& tool);
// The file NAME.fish of share/fish/vendor_completions.d.
std::string FishCompletion(const pb::Tool& tool);

// Of the multi-call binary: its tools' names, then what the tool has.
extern const char kBashCleatCompletion[];
extern const char kZshCleatCompletion[];
extern const char kFishCleatCompletion[];

// What a flag's value or an operand may be.
enum class Source {
  kAnything,
  kFiles,
  kDirectories,
  kContainers,
  kImages,
  kPrograms,
  // A container's path or the host's: ID:PATH.
  kCopies,
  // Exactly these words.
  kWords,
};

struct Values {
  Source source = Source::kAnything;
  std::vector<std::string> words;
};

// By what stands for the value in help: "FILE", "ID", "text|json".
Values ValuesOf(const pb::Flag& flag);

// The first sentence of the flag's help, which a list has room for.
absl::string_view BriefHelp(const pb::Flag& flag);

// Whether the flag needs a value; one that does not takes it after '=' only.
bool NeedsValue(const pb::Flag& flag);

// What the first operand is, and whether there may be more of it.
struct Operands {
  Values values;
  bool several = false;
};
Operands OperandsOf(const pb::Tool& tool);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_COMPLETION_H_
