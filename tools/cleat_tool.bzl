"""`cleat_tool`: a static binary, its man page, completion and smoke test."""

# Static, and with what a run calls in one place (tools/dev/hot-functions): by
# LLD, which can order functions of libraries, too. The lists of constructors
# and of what is rarely called stay apart.
TOOL_LINKOPTS = [
    "-static",
    "-fuse-ld=lld",
    "-Wl,--symbol-ordering-file=$(location //tools:hot_functions.txt)",
    "-Wl,--no-warn-symbol-ordering",
    "-Wl,-z,keep-text-section-prefix",
]

TOOL_LINKER_INPUTS = ["//tools:hot_functions.txt"]

def cleat_tool(name, deps, srcs = [], multicall = True):
    """A tool whose source is NAME.cc, with '_' for '-'.

    Args:
      name: the tool's name, as its options message states it.
      deps: what the source includes beside lib/cli/tool.h.
      srcs: generated files that it includes.
      multicall: whether the multi-call binary has it, too: not for what would
        slow down the start of every other tool.
    """
    library = name + ("_tool" if multicall else "_single_tool")
    native.cc_library(
        name = library,
        srcs = [name.replace("-", "_") + ".cc"] + srcs,
        deps = deps + ["//lib/cli:tool"],
        alwayslink = True,
    )
    native.cc_binary(
        name = name,
        additional_linker_inputs = TOOL_LINKER_INPUTS,
        features = ["fully_static_link"],
        linkopts = TOOL_LINKOPTS,
        visibility = ["//visibility:public"],
        deps = [
            ":" + library,
            "//lib/cli:main",
        ],
    )
    native.genrule(
        name = name + "_man",
        outs = [name + ".1"],
        cmd = "$(location :%s) --help=man > $@" % name,
        tools = [":" + name],
        visibility = ["//tools:__pkg__"],
    )
    native.genrule(
        name = name + "_completion",
        outs = [name + extension for extension in [
            ".bash",
            ".zsh",
            ".fish",
        ]],
        cmd = " && ".join([
            "$(location :%s) --help=%s > $(@D)/%s.%s" % (name, shell, name, shell)
            for shell in ["bash", "zsh", "fish"]
        ]),
        tools = [":" + name],
        visibility = ["//tools:__pkg__"],
    )
    native.sh_test(
        name = name + "_smoke_test",
        size = "small",
        srcs = ["//tools:smoke_test.sh"],
        args = ["$(location :%s)" % name],
        data = [":" + name],
        # A static binary cannot be linked with the sanitizers.
        tags = ["no-asan"],
    )

def cleat_family():
    """All tools of this BUILD file in one library, for the multi-call binary.

    Stands at the end of the file.
    """
    rules = sorted(native.existing_rules().keys())
    libraries = [name for name in rules if name.endswith("_tool")]
    singles = [name for name in libraries if name.endswith("_single_tool")]
    native.cc_library(
        name = "family",
        visibility = ["//tools:__pkg__"],
        deps = [":" + name for name in libraries if name not in singles],
    )
    native.filegroup(
        name = "singles",
        srcs = [":" + name[:-len("_single_tool")] for name in singles],
        visibility = ["//tools:__pkg__"],
    )
    native.filegroup(
        name = "man",
        srcs = [":" + name for name in rules if name.endswith("_man")],
        visibility = ["//tools:__pkg__"],
    )
    native.filegroup(
        name = "completion",
        srcs = [":" + name for name in rules if name.endswith("_completion")],
        visibility = ["//tools:__pkg__"],
    )
