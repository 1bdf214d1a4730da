// tries: to have the assembler put a secret into the program, which then prints it
// endings: compile-failed, exited, crashed
#include <stdio.h>
#if defined(__x86_64__)
__asm__(".globl held\nheld: .incbin \"/tmp/winnow-bait.txt\"\n.byte 0\n");
extern const char held[];
int main(void) { puts(held); return 0; }
#else
int main(void) { return 0; }
#endif
