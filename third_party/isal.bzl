"""ISA-L's igzip and CRC: gzip several times as fast as zlib.

Debian builds it as a shared library only, so tools/dev/setup builds a static
one of Debian's source package into the tools' cache. Where it is not there
(another architecture, no network) `:igzip` is empty, and what uses it falls
back to zlib by the missing CLEAT_HAVE_ISAL.
"""

# Known to tools/dev/setup, too.
_VERSION = "2.30.0"

_FOUND = """
cc_library(
    name = "igzip",
    srcs = ["libisal.a"],
    hdrs = glob(["include/isa-l/*.h"]),
    defines = ["CLEAT_HAVE_ISAL"],
    includes = ["include"],
    visibility = ["//visibility:public"],
)
"""

_MISSING = """
cc_library(
    name = "igzip",
    visibility = ["//visibility:public"],
)
"""

def _cache(ctx):
    environ = ctx.os.environ
    if "CLEAT_DEV_TOOLS" in environ:
        return environ["CLEAT_DEV_TOOLS"]
    cache = environ.get("XDG_CACHE_HOME") or environ.get("HOME", "/root") + "/.cache"
    return cache + "/cleat-tools"

def _isal_library_impl(ctx):
    root = ctx.path(_cache(ctx) + "/isal-" + _VERSION)
    if not root.get_child("include").get_child("isa-l").get_child("crc64.h").exists:
        ctx.file("BUILD.bazel", _MISSING)
        return
    ctx.symlink(root.get_child("libisal.a"), "libisal.a")
    ctx.symlink(root.get_child("include"), "include")
    ctx.file("BUILD.bazel", _FOUND)

isal_library = repository_rule(
    implementation = _isal_library_impl,
    environ = ["CLEAT_DEV_TOOLS", "HOME", "XDG_CACHE_HOME"],
    local = True,
)
