// The least that a static C program can do: what the tools' start is measured
// against, by tools/dev/bench.
int main(void) { return 0; }
