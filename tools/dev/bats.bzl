"""`cleat_bats_test`: a file of shell tests, each counted as a case."""

def cleat_bats_test(name, src, data = [], tags = [], **kwargs):
    """Makes a test of a bats file: what the real programs do, told by a shell.

    The file finds the tree's files by their path from the top, where it is
    run, and programs by `bazel` labels in `data` likewise.

    Args:
      name: of the target, by custom NOUN_test.
      src: the .bats file.
      data: programs and files that it uses.
      tags: of the test: those that touch the kernel have "kernel".
      **kwargs: passed on to sh_test.
    """
    native.sh_test(
        name = name,
        srcs = ["//tools/dev:bats_test.sh"],
        args = ["$(rootpath %s)" % src],
        data = data + [src],
        tags = tags + ["no-asan"],
        **kwargs
    )
