// tries: to make the compiler read what the program must not, and print it in its complaints
// endings: compile-failed
#include "/tmp/winnow-bait.txt"
#include "/etc/shadow"
#include "/root/.ssh/id_winnow"
#include "/proc/self/environ"
#include "../../../../../../tmp/winnow-bait.txt"
int main(void) { return 0; }
