// The least that a static C program can do: what the tools' start is measured
// against, by startup_bench.
int main(void) { return 0; }
