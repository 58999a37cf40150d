"""`cleat_fuzz_test`: a fuzzer that every test run takes for a short ride."""

def cleat_fuzz_test(name, srcs, deps = [], corpus = [], tags = [], **kwargs):
    """Makes a cc_test of a file that defines LLVMFuzzerTestOneInput.

    `bazel test` links fuzz_driver.cc, which runs the corpus and a bounded,
    repeatable number of mutations of it; with --config=asan under sanitizers.
    `tools/dev/fuzz NAME` builds the same target with clang's libFuzzer, for
    runs that last and are guided by coverage.

    Args:
      name: of the target, by custom NOUN_fuzz.
      srcs: the file with LLVMFuzzerTestOneInput.
      deps: libraries that it uses.
      corpus: files or filegroups to start from; none: the empty input.
      tags: further tags of the test.
      **kwargs: passed on to cc_test.
    """
    native.cc_test(
        name = name,
        size = "small",
        srcs = srcs,
        args = ["$(rootpaths %s)" % file for file in corpus],
        data = corpus,
        deps = deps + select({
            "//tools/dev:libfuzzer": [],
            "//conditions:default": ["//tools/dev:fuzz_driver"],
        }),
        linkopts = select({
            "//tools/dev:libfuzzer": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        tags = tags + ["fuzz"],
        **kwargs
    )
