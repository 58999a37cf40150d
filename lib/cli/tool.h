#ifndef CLEAT_LIB_CLI_TOOL_H_
#define CLEAT_LIB_CLI_TOOL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/cli/document.h"
#include "lib/pb/table.h"
#include "proto/common_options.pb.h"

// What makes a program of a function. A tool's file has one function, of its
// options to a status, and ends with one of these lines, which enters it into
// the table of tools of whatever binary it is linked into:
//
//   CLEAT_FILTER(proto::LayerUnpackOptions, LayerUnpack);
//     absl::Status LayerUnpack(const Options&, cli::Document&)
//     documents in, documents out; called once for each. A function that
//     returns absl::StatusOr<cli::Outcome> says itself whether one goes out.
//   CLEAT_SOURCE(proto::ImageGetOptions, ImageGet);
//     the same, but reads nothing: called once, with an empty document.
//   CLEAT_FILTER_OR_SOURCE(Options, Function, IsSource);
//     bool IsSource(const Options&) decides which.
//   CLEAT_RUNNER(proto::RootfsRunOptions, RootfsRun);
//     absl::StatusOr<cli::Outcome> RootfsRun(const Options&, cli::Document&)
//     takes one document and runs a program.
//   CLEAT_RUNNER_SOURCE(proto::ContainerRunOptions, ContainerRun);
//     the same, but reads nothing and begins with an empty document.
//   CLEAT_RUNNER_OR_SOURCE(Options, Function, IsSource);
//     bool IsSource(const Options&) decides which.
//   CLEAT_WRAPPER(proto::ContainerExecOptions, ContainerExec);
//     absl::StatusOr<int> ContainerExec(const Options&): an exit status.
//   CLEAT_WRAPPER_OR_FILTER(Options, Function, Filter, IsFilter);
//     bool IsFilter(const Options&) decides which.
//   CLEAT_RUNNER_OR_FILTER(Options, Runner, Filter, IsRunner, IsSource);
//     bool IsRunner(const Options&) decides which; IsSource whether it reads
//     nothing and begins with an empty document.
//   CLEAT_QUERY(proto::ImageListOptions, ImageList);
//     absl::Status ImageList(const Options&, std::string* output): the output
//     is printed on success only.
//   CLEAT_DATA(proto::ContainerLogsOptions, ContainerLogs);
//     absl::Status ContainerLogs(const Options&): writes as it goes.
//   CLEAT_DATA_OR_FILTER(Options, Function, Filter, IsFilter);
//     bool IsFilter(const Options&) decides which.

namespace cleat::cli {

// What became of a runner's program.
struct Outcome {
  int exit_status = 0;
  // The document goes on, as a filter's does. Otherwise the container ends
  // with the program, unless somebody keeps it.
  bool emit = false;
  // A container that runs on by itself is kept.
  bool keep = false;
  // Printed instead of the document, which then goes to --output only.
  std::string answer = {};
};

// The status of a wrapper that fails before its program runs is 125, or what
// this says: 126 for what cannot be run, 127 for what is not found.
absl::Status WithExitStatus(absl::Status status, int exit_status);

// The store of a tool: --store, $CLEAT_STORE, /var/lib/cleat for root (of a
// container, too), else $XDG_DATA_HOME/cleat (by default ~/.local/share/cleat),
// and /tmp/cleat-UID/store for a user without a home.
std::string StorePath(const proto::CommonOptions& common);

// The documents of the file `input` ("-" or "": standard input), at least one.
absl::StatusOr<std::vector<Document>> ReadDocuments(const pb::Tool& tool,
                                                    const std::string& input);

// The tools of this binary, by registration.
struct ToolEntry {
  const char* name;
  const pb::Tool& (*tool)();
  int (*run)(int argc, char** argv);
};

const ToolEntry* FindTool(absl::string_view name);
std::vector<const ToolEntry*> AllTools();

// The functions behind the macros: everything that does not depend on the
// type of the options.
struct Call {
  const pb::Tool& tool;
  void* options;
  const proto::CommonOptions& (*common)(void* options);
};

struct FilterCall {
  Call call;
  const proto::FilterOptions& (*filter)(void* options);
  bool (*is_source)(void* options);
  absl::StatusOr<Outcome> (*run)(void* options, Document& document);
};

int RunFilter(const FilterCall& call, int argc, char** argv);
int RunRunner(const FilterCall& call, int argc, char** argv);
int RunWrapper(const Call& call, absl::StatusOr<int> (*run)(void* options),
               int argc, char** argv);
int RunQuery(const Call& call,
             absl::Status (*run)(void* options, std::string* output), int argc,
             char** argv);

// Fills the options from the command line alone, for a look at them before the
// tool begins, which tells of errors.
void PeekOptions(const Call& call, int argc, char** argv);

// Where the common options are in each kind of options message.
template <typename Options>
auto CommonOf(const Options& options, int, int)
    -> decltype(options.filter().common()) {
  return options.filter().common();
}
template <typename Options>
auto CommonOf(const Options& options, int, long)
    -> decltype(options.query().common()) {
  return options.query().common();
}
template <typename Options>
auto CommonOf(const Options& options, long, long)
    -> decltype(options.common()) {
  return options.common();
}

template <typename Options>
Call MakeCall(Options* options) {
  return {pb::ToolOf<Options>(), options,
          [](void* o) -> const proto::CommonOptions& {
            return CommonOf(*static_cast<const Options*>(o), 0, 0);
          }};
}

template <typename Options, auto Function, auto IsSource>
FilterCall MakeFilterCall(Options* options) {
  return {
      MakeCall(options),
      [](void* o) -> const proto::FilterOptions& {
        return static_cast<const Options*>(o)->filter();
      },
      [](void* o) { return IsSource(*static_cast<const Options*>(o)); },
      [](void* o, Document& document) -> absl::StatusOr<Outcome> {
        if constexpr (std::is_same_v<decltype(Function(
                                         *static_cast<Options*>(o), document)),
                                     absl::Status>) {
          absl::Status status =
              Function(*static_cast<const Options*>(o), document);
          if (!status.ok()) return status;
          return Outcome{0, true, false};
        } else {
          return Function(*static_cast<const Options*>(o), document);
        }
      }};
}

template <typename Options, auto Function>
int RunWrapperOf(int argc, char** argv) {
  Options options;
  return RunWrapper(
      MakeCall(&options),
      [](void* o) -> absl::StatusOr<int> {
        return Function(*static_cast<const Options*>(o));
      },
      argc, argv);
}

template <typename Options>
bool Never(const Options&) {
  return false;
}

template <typename Options>
bool Always(const Options&) {
  return true;
}

}  // namespace cleat::cli

#define CLEAT_FILTER(Options, Function) \
  CLEAT_FILTER_OR_SOURCE(Options, Function, ::cleat::cli::Never<Options>)
#define CLEAT_SOURCE(Options, Function) \
  CLEAT_FILTER_OR_SOURCE(Options, Function, ::cleat::cli::Always<Options>)

#define CLEAT_FILTER_OR_SOURCE(Options, Function, IsSource)                  \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {                           \
    Options options;                                                         \
    return ::cleat::cli::RunFilter(                                          \
        ::cleat::cli::MakeFilterCall<Options, Function, IsSource>(&options), \
        argc, argv);                                                         \
  })

#define CLEAT_RUNNER(Options, Function) \
  CLEAT_RUNNER_OR_SOURCE(Options, Function, ::cleat::cli::Never<Options>)
#define CLEAT_RUNNER_SOURCE(Options, Function) \
  CLEAT_RUNNER_OR_SOURCE(Options, Function, ::cleat::cli::Always<Options>)

#define CLEAT_RUNNER_OR_SOURCE(Options, Function, IsSource)                  \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {                           \
    Options options;                                                         \
    return ::cleat::cli::RunRunner(                                          \
        ::cleat::cli::MakeFilterCall<Options, Function, IsSource>(&options), \
        argc, argv);                                                         \
  })

#define CLEAT_RUNNER_OR_FILTER(Options, Runner, Filter, IsRunner, IsSource)   \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {                            \
    Options options;                                                          \
    ::cleat::cli::PeekOptions(::cleat::cli::MakeCall(&options), argc, argv);  \
    const bool is_runner = IsRunner(options);                                 \
    options.Clear();                                                          \
    return is_runner                                                          \
               ? ::cleat::cli::RunRunner(                                     \
                     ::cleat::cli::MakeFilterCall<Options, Runner, IsSource>( \
                         &options),                                           \
                     argc, argv)                                              \
               : ::cleat::cli::RunFilter(                                     \
                     ::cleat::cli::MakeFilterCall<Options, Filter, IsSource>( \
                         &options),                                           \
                     argc, argv);                                             \
  })

#define CLEAT_WRAPPER(Options, Function)                              \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {                    \
    return ::cleat::cli::RunWrapperOf<Options, Function>(argc, argv); \
  })

#define CLEAT_WRAPPER_OR_FILTER(Options, Function, Filter, IsFilter)          \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {                            \
    Options options;                                                          \
    ::cleat::cli::PeekOptions(::cleat::cli::MakeCall(&options), argc, argv);  \
    if (!IsFilter(options)) {                                                 \
      return ::cleat::cli::RunWrapperOf<Options, Function>(argc, argv);       \
    }                                                                         \
    options.Clear();                                                          \
    return ::cleat::cli::RunFilter(                                           \
        ::cleat::cli::MakeFilterCall<Options, Filter,                         \
                                     ::cleat::cli::Never<Options>>(&options), \
        argc, argv);                                                          \
  })

#define CLEAT_QUERY(Options, Function)                              \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {                  \
    Options options;                                                \
    return ::cleat::cli::RunQuery(                                  \
        ::cleat::cli::MakeCall(&options),                           \
        [](void* o, std::string* output) -> absl::Status {          \
          return Function(*static_cast<const Options*>(o), output); \
        },                                                          \
        argc, argv);                                                \
  })

#define CLEAT_DATA(Options, Function)                       \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {          \
    Options options;                                        \
    return ::cleat::cli::RunQuery(                          \
        ::cleat::cli::MakeCall(&options),                   \
        [](void* o, std::string*) -> absl::Status {         \
          return Function(*static_cast<const Options*>(o)); \
        },                                                  \
        argc, argv);                                        \
  })

#define CLEAT_DATA_OR_FILTER(Options, Function, Filter, IsFilter)            \
  CLEAT_TOOL_(Options, [](int argc, char** argv) {                           \
    Options options;                                                         \
    ::cleat::cli::PeekOptions(::cleat::cli::MakeCall(&options), argc, argv); \
    const bool is_filter = IsFilter(options);                                \
    options.Clear();                                                         \
    if (is_filter) {                                                         \
      return ::cleat::cli::RunFilter(                                        \
          ::cleat::cli::MakeFilterCall<Options, Filter,                      \
                                       ::cleat::cli::Never<Options>>(        \
              &options),                                                     \
          argc, argv);                                                       \
    }                                                                        \
    return ::cleat::cli::RunQuery(                                           \
        ::cleat::cli::MakeCall(&options),                                    \
        [](void* o, std::string*) -> absl::Status {                          \
          return Function(*static_cast<const Options*>(o));                  \
        },                                                                   \
        argc, argv);                                                         \
  })

// A constant in a section of its own: the linker gathers the table, nothing
// runs at start.
#define CLEAT_TOOL_(Options, ...)                                              \
  static_assert(::cleat::pb::kNameOfTool<Options> != nullptr,                  \
                "include the .table.h of the options");                        \
  static constexpr ::cleat::cli::ToolEntry kCleatTool = {                      \
      ::cleat::pb::kNameOfTool<Options>, &::cleat::pb::ToolOf<Options>,        \
      __VA_ARGS__};                                                            \
  __attribute__((                                                              \
      section("cleat_tools"), used,                                            \
      retain)) static const ::cleat::cli::ToolEntry* const kCleatToolPointer = \
      &kCleatTool

#endif  // CLEAT_LIB_CLI_TOOL_H_
