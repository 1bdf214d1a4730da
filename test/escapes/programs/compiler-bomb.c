// tries: to make the compiler's output, or its work, larger than any machine
// endings: compile-failed, any
// job: {"compileLimits": {"wallMs": 6000, "cpuMs": 6000, "memoryBytes": 536870912, "fileBytes": 33554432}}
static char large[1L << 31] = {1};
#define A(x) x x x x x x x x x x
#define B(x) A(A(A(A(A(A(A(A(x))))))))
int main(void) { return B(large[0] +) 0; }
