"""External repositories made of the libraries that Debian installs.

`system_library` asks pkg-config for a library's static link line and gives it
the target names of the upstream project. Headers lie in /usr/include, where
the compiler finds them without being told.
"""

_LIBRARY = """
cc_library(
    name = "{name}",
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
"""

_PROGRAM = """
filegroup(
    name = "{name}",
    srcs = ["{path}"],
    visibility = ["//visibility:public"],
)
"""

def _split(label):
    """"absl/strings:str_format" to ("absl/strings", "str_format")."""
    package, _, name = label.partition(":")
    return package, name or package.split("/")[-1]

def _link_line(ctx):
    command = ["pkg-config", "--static", "--libs"] + ctx.attr.packages
    result = ctx.execute(command)
    if result.return_code != 0:
        fail("{}: {} (run tools/dev/setup, which installs what the build needs)".format(
            " ".join(command),
            result.stderr.strip(),
        ))
    return [flag for flag in result.stdout.strip().split(" ") if flag]

def _system_library_impl(ctx):
    shared = ctx.attr.extra_linkopts + _link_line(ctx)
    builds = {}
    for label, linkopts in ctx.attr.targets.items():
        package, name = _split(label)
        builds.setdefault(package, []).append(
            _LIBRARY.format(name = name, linkopts = repr(linkopts + shared)),
        )
    for name, program in ctx.attr.programs.items():
        path = ctx.which(program)
        if not path:
            fail("%s is not installed (run tools/dev/setup)" % program)
        ctx.symlink(path, "bin/" + program)
        builds.setdefault("", []).append(
            _PROGRAM.format(name = name, path = "bin/" + program),
        )
    for package, rules in builds.items():
        ctx.file((package + "/" if package else "") + "BUILD.bazel", "".join(rules))

system_library = repository_rule(
    implementation = _system_library_impl,
    local = True,
    attrs = {
        "packages": attr.string_list(doc = "pkg-config modules"),
        "targets": attr.string_list_dict(doc = "label to link options of its own"),
        "extra_linkopts": attr.string_list(doc = "before the pkg-config line"),
        "programs": attr.string_dict(doc = "target name to program on PATH"),
    },
)
