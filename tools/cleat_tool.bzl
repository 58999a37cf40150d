"""`cleat_tool`: a tool as a static binary, its man page and a smoke test."""

def cleat_tool(name, deps):
    """A tool whose source is NAME.cc, with '_' for '-'.

    Args:
      name: the tool's name, as its options message states it.
      deps: what the source includes beside lib/cli/tool.h.
    """
    native.cc_library(
        name = name + "_tool",
        srcs = [name.replace("-", "_") + ".cc"],
        deps = deps + ["//lib/cli:tool"],
        alwayslink = True,
    )
    native.cc_binary(
        name = name,
        features = ["fully_static_link"],
        linkopts = ["-static"],
        visibility = ["//visibility:public"],
        deps = [
            ":%s_tool" % name,
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
    native.sh_test(
        name = name + "_smoke_test",
        size = "small",
        srcs = ["//tools:smoke_test.sh"],
        args = ["$(location :%s)" % name],
        data = [":" + name],
    )

def cleat_family():
    """All tools of this BUILD file in one library, for the multi-call binary.

    Stands at the end of the file.
    """
    tools = [
        ":" + name
        for name, rule in native.existing_rules().items()
        if rule["kind"] == "cc_library" and name.endswith("_tool")
    ]
    native.cc_library(
        name = "family",
        visibility = ["//tools:__pkg__"],
        deps = sorted(tools),
    )
    native.filegroup(
        name = "man",
        srcs = sorted([tool[:-len("_tool")] + "_man" for tool in tools]),
        visibility = ["//tools:__pkg__"],
    )
