// tries: to run for ever in compiled code
// endings: timed-out
// limits: {"wallMs": 500}
int main(void) {
  for (volatile unsigned long i = 0;; i++) {
  }
}
