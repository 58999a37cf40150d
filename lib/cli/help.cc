#include "lib/cli/help.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace cleat::cli {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kHelpColumn = 30;

struct KindText {
  const char* name;
  const char* writes;
  const char* exit_status;
};

constexpr char kUsualStatuses[] =
    "0 when done, 1 when it failed, 2 for wrong usage";

// By pb::ToolKind.
constexpr KindText kKinds[] = {
    {"filter", "writes documents",
     "0 when done, 1 when it failed, 2 for wrong usage, 3 when no document "
     "came."},
    {"wrapper", "runs a program",
     "That of the program, 128+N when signal N ended it; 125 when the tool "
     "failed before it (for wrong usage, too), 126 when the program cannot be "
     "run, 127 when there is none of its name."},
    {"query", "prints a table", kUsualStatuses},
    {"data tool", "writes bytes", kUsualStatuses},
};

constexpr KindText kUtilLinuxWrapper = {
    "wrapper", "runs a program",
    "That of the program, 128+N when signal N ended it; 1 when the tool failed "
    "before it (for wrong usage, too), 126 when the program cannot be run, 127 "
    "when there is none of its name."};

const KindText& KindOf(const pb::Tool& tool) {
  if (tool.util_linux && tool.kind == pb::ToolKind::kWrapper) {
    return kUtilLinuxWrapper;
  }
  return kKinds[static_cast<int>(tool.kind)];
}

// In a list of several flags what is a switch is a text, too.
bool IsSwitch(const pb::Flag& flag) {
  return flag.field->type == pb::Type::kBool ||
         (flag.listed && flag.implied != nullptr &&
          absl::string_view(flag.implied) == "true");
}

// "  -o, --output=FILE", "      --rm".
std::string FlagForm(const pb::Flag& flag) {
  std::string form = flag.letter != 0
                         ? absl::StrFormat("-%c, --%s", flag.letter, flag.name)
                         : absl::StrCat("    --", flag.name);
  if (IsSwitch(flag)) return form;
  if (flag.implied != nullptr) return absl::StrCat(form, "[=", flag.value, "]");
  return absl::StrCat(form, "=", flag.value);
}

std::string FlagHelp(const pb::Flag& flag) {
  if (flag.fallback == nullptr) return flag.help;
  return absl::StrCat(flag.help, " Default: ", flag.fallback, ".");
}

// Appends words, wrapped, to a line that already has `column` columns.
void AppendWrapped(absl::string_view text, size_t column, size_t indent,
                   std::string* out) {
  absl::string_view gap = "";
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (column + gap.size() + word.size() > kColumns) {
      absl::StrAppend(out, "\n", std::string(indent, ' '));
      column = indent;
      gap = "";
    }
    absl::StrAppend(out, gap, word);
    column += gap.size() + word.size();
    gap = " ";
  }
  out->push_back('\n');
}

void AppendFlag(const pb::Flag& flag, std::string* out) {
  const std::string form = absl::StrCat("  ", FlagForm(flag));
  absl::StrAppend(out, form);
  if (form.size() + 2 > kHelpColumn) {
    absl::StrAppend(out, "\n", std::string(kHelpColumn, ' '));
  } else {
    out->append(kHelpColumn - form.size(), ' ');
  }
  AppendWrapped(FlagHelp(flag), kHelpColumn, kHelpColumn, out);
}

std::string Usage(const pb::Tool& tool) {
  std::string usage = absl::StrCat(tool.name, " [OPTION...]");
  if (*tool.operands != 0) absl::StrAppend(&usage, " ", tool.operands);
  return usage;
}

// Text for man(7): a backslash, a line's first period and a hyphen mean
// something else there.
std::string Roff(absl::string_view text) {
  std::string escaped = absl::StrReplaceAll(
      text, {{"\\", "\\e"}, {"-", "\\-"}, {"\n.", "\n\\&."}});
  if (!escaped.empty() && (escaped[0] == '.' || escaped[0] == '\'')) {
    escaped.insert(0, "\\&");
  }
  return escaped;
}

void AppendManFlags(const pb::Tool& tool, std::string* out) {
  for (const pb::Flag& flag : tool) {
    const std::string form =
        flag.operand ? std::string(flag.value) : FlagForm(flag);
    absl::StrAppend(out, ".TP\n.B ",
                    Roff(absl::StripLeadingAsciiWhitespace(form)), "\n",
                    Roff(FlagHelp(flag)), "\n");
  }
  absl::StrAppend(out, ".TP\n.B \\-\\-help\nPrint a summary and exit.\n",
                  ".TP\n.B \\-\\-version\nPrint the version and exit.\n");
}

void AppendManList(const char* heading, const char* const* texts,
                   std::string* out) {
  if (*texts == nullptr) return;
  absl::StrAppend(out, ".SH ", heading, "\n");
  for (; *texts != nullptr; ++texts) {
    absl::StrAppend(out, ".PP\n.EX\n", Roff(*texts), "\n.EE\n");
  }
}

void AppendManNotes(const char* const* notes, std::string* out) {
  if (*notes == nullptr) return;
  absl::StrAppend(out, ".SH NOTES\n");
  for (; *notes != nullptr; ++notes) {
    const bool table = **notes == ' ';
    absl::StrAppend(out, ".PP\n", table ? ".EX\n" : "", Roff(*notes), "\n",
                    table ? ".EE\n" : "");
  }
}

// "mount(8)" as it is; a tool's own name in section 1.
std::string Reference(absl::string_view name) {
  if (!name.empty() && name.back() == ')') return std::string(name);
  return absl::StrCat(name, "(1)");
}

}  // namespace

std::string HelpText(const pb::Tool& tool) {
  const KindText& kind = KindOf(tool);
  std::string out;
  AppendWrapped(absl::StrCat(tool.name, ": a ", kind.name, "; reads ",
                             tool.reads, ", ", kind.writes),
                0, 4, &out);
  AppendWrapped(tool.summary, 0, 0, &out);
  absl::StrAppend(&out, "\n");
  for (const char* const* it = tool.examples; *it != nullptr; ++it) {
    absl::StrAppend(&out, "  $ ", *it, "\n");
  }
  absl::StrAppend(&out, "\nUsage: ", Usage(tool), "\n");
  for (const pb::Flag& flag : tool) {
    if (!flag.hidden && !flag.operand) AppendFlag(flag, &out);
  }
  absl::StrAppend(&out, "      --help                  This text.\n",
                  "      --version               The version.\n");
  return out;
}

std::string ManPage(const pb::Tool& tool) {
  const KindText& kind = KindOf(tool);
  std::string out = absl::StrCat(
      ".TH ", absl::AsciiStrToUpper(tool.name), " 1 \"\" Cleat\n.SH NAME\n",
      Roff(tool.name), " \\- ", Roff(tool.summary), "\n.SH SYNOPSIS\n.B ",
      Roff(Usage(tool)), "\n.SH DESCRIPTION\n", Roff(tool.summary), "\n.PP\nA ",
      kind.name, ": it reads ", Roff(tool.reads), " and ", kind.writes,
      ".\n.SH OPTIONS\n");
  AppendManFlags(tool, &out);
  absl::StrAppend(&out, ".SH EXIT STATUS\n", Roff(kind.exit_status), "\n");
  AppendManNotes(tool.notes, &out);
  AppendManList("EXAMPLES", tool.examples, &out);
  absl::StrAppend(&out, ".SH SEE ALSO\n");
  for (const char* const* it = tool.see_also; *it != nullptr; ++it) {
    absl::StrAppend(&out, Roff(Reference(*it)), ", ");
  }
  absl::StrAppend(&out, "cleat(1)\n");
  return out;
}

}  // namespace cleat::cli
