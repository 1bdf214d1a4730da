// tries: fork, memory and stack bombs in compiled code, with every signal blocked
// endings: any
// limits: {"wallMs": 2500, "memoryBytes": 134217728}
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void) {
#if !defined(__wasm__)
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, 0);
  for (int i = 0; i < 200; i++) fork();
#endif
  for (;;) {
    char *block = malloc(1 << 20);
    if (block) memset(block, 1, 1 << 20);
  }
}
