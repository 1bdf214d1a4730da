// tries: system calls by other doors: the 32-bit table, the x32 table, vfork, clone3, namespaces; then an address that is not there
// endings: crashed, exited, compile-failed
// limits: {"wallMs": 6000}
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <sys/syscall.h>
#include <sys/wait.h>
static long old(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
  return result;
}
static void child(const char *name, void (*act)(void)) {
  fflush(stdout);
  int pid = fork();
  if (pid == 0) { act(); fflush(stdout); _exit(0); }
  int status = 0;
  waitpid(pid, &status, 0);
  printf("%s ended with %x\n", name, status);
}
static void ptrace32(void) { long r = old(26, 0, 0, 0); printf("ptrace by int 0x80: %ld\n", r); if (r == 0) puts("escaped: ptrace by int 0x80"); }
static void unshare32(void) { long r = old(310, 0x10000000, 0, 0); printf("unshare by int 0x80: %ld\n", r); if (r == 0) puts("escaped: unshare by int 0x80"); }
static void keyctl32(void) { long r = old(288, 0, -3, 1); printf("keyctl by int 0x80: %ld\n", r); if (r >= 0) puts("escaped: keyctl by int 0x80"); }
static void x32(void) { long r = syscall(0x40000000 | 101, 0, 0, 0, 0); printf("ptrace by x32: %ld\n", r); if (r == 0) puts("escaped: ptrace by x32"); }
static void x32b(void) { long r = syscall(0x40000000 | 521, 0, 0, 0, 0); printf("ptrace of x32: %ld\n", r); if (r == 0) puts("escaped: ptrace of x32"); }
static void clone3(void) {
  unsigned long long args[8] = {0x10000000, 0, 0, 0, 17, 0, 0, 0};
  long r = syscall(435, args, sizeof args);
  if (r == 0) _exit(0);
  printf("clone3 of a user namespace: %ld\n", r);
  if (r > 0) puts("escaped: clone3 of a user namespace");
}
static void uring(void) { char params[256] = {0}; if (syscall(425, 8, params) >= 0) puts("escaped: io_uring"); }
static void personality(void) { long r = syscall(135, 0x0400000); printf("personality: %ld\n", r); }
int main(void) {
  child("ptrace32", ptrace32);
  child("unshare32", unshare32);
  child("keyctl32", keyctl32);
  child("x32", x32);
  child("x32b", x32b);
  child("clone3", clone3);
  child("uring", uring);
  child("personality", personality);
  if (vfork() == 0) _exit(0);
#else
int main(void) {
#endif
  puts("done");
  fflush(stdout);
  *(volatile int *)16 = 1;
  return 0;
}
