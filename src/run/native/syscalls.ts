/**
 * System calls that no program needs and that kernels have been broken through, with their numbers.
 *
 * The idea: a list of what is refused, not of what is allowed. Toolchains of twenty languages, and the
 * next version of their runtimes, use calls that no list of ours would foresee; what protects the host is the namespaces, and
 * this filter takes away the surface that unprivileged exploits need: other namespaces, tracing, io_uring,
 * keys, BPF, performance counters, file handles, modules.
 *
 * Numbers: Linux `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h` (6.12). From 424 on they are
 * the same on all architectures.
 */

export type Architecture = 'x64' | 'arm64';

/** `[x86-64, aarch64]`; null: that architecture has no such call. */
export type Numbers = readonly [number | null, number | null];

const everywhere = (number: number): Numbers => [number, number];

/** Answered with EPERM, whatever their arguments. */
export const refused: Readonly<Record<string, Numbers>> = {
  // Without these, io_uring's own way around filters of system calls is closed too.
  io_uring_setup: everywhere(425),
  io_uring_enter: everywhere(426),
  io_uring_register: everywhere(427),
  // Keyrings are not part of any namespace.
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  // Looking into other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: everywhere(438),
  process_madvise: everywhere(440),
  // Mounts and namespaces.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: everywhere(428),
  move_mount: everywhere(429),
  fsopen: everywhere(430),
  fsconfig: everywhere(431),
  fsmount: everywhere(432),
  fspick: everywhere(433),
  statmount: everywhere(457),
  listmount: everywhere(458),
  listns: everywhere(470),
  mount_setattr: everywhere(442),
  open_tree_attr: everywhere(467),
  setns: [308, 268],
  unshare: [272, 97],
  // Files by number instead of by name.
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  // Parts of the kernel with a long record of holes, and what only an administrator needs.
  bpf: [321, 280],
  userfaultfd: [323, 282],
  perf_event_open: [298, 241],
  fanotify_init: [300, 262],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  create_module: [174, null],
  query_module: [178, null],
  quotactl: [179, 60],
  quotactl_fd: everywhere(443),
  nfsservctl: [180, 42],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  acct: [163, 89],
  syslog: [103, 116],
  lookup_dcookie: [212, 18],
  vhangup: [153, 58],
  uselib: [134, null],
  modify_ldt: [154, null],
  iopl: [172, null],
  ioperm: [173, null],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  set_mempolicy_home_node: everywhere(450),
  process_mrelease: everywhere(448),
  lsm_get_self_attr: everywhere(459),
  lsm_set_self_attr: everywhere(460),
  lsm_list_modules: everywhere(461),
  // Memory that no one can account for or look at.
  memfd_secret: everywhere(447),
};

/** Answered as if done. They would make the machine write out its own disks; a job's files all lie in memory. */
export const ignored: Readonly<Record<string, Numbers>> = {
  sync: [162, 81],
  syncfs: [306, 267],
};

/** Refused besides, where no cgroup counts memory: it would belong to no process. */
export const refusedUncounted: Readonly<Record<string, Numbers>> = {
  shmget: [29, 194],
  memfd_create: [319, 279],
};

/** Refused by their arguments; `seccomp.ts` has the rules. */
export const examined = {
  clone: [56, 220],
  clone3: everywhere(435),
  socket: [41, 198],
  socketpair: [53, 199],
  ioctl: [16, 29],
  personality: [135, 92],
  setsockopt: [54, 208],
} as const satisfies Record<string, Numbers>;

/**
 * Told to the warden where a job is to be watched from outside, and then done as the plain filter would have it: connections, programs, processes, signals.
 * `clone` comes for processes alone, `sendto` with an address alone (`seccomp.ts`).
 */
export const watched = {
  connect: [42, 203],
  bind: [49, 200],
  sendto: [44, 206],
  sendmsg: [46, 211],
  sendmmsg: [307, 269],
  execve: [59, 221],
  execveat: [322, 281],
  fork: [57, null],
  vfork: [58, null],
  clone: examined.clone,
  kill: [62, 129],
} as const satisfies Record<string, Numbers>;

/** Names by number, as the warden is told them. */
export function namesByNumber(
  table: Readonly<Record<string, Numbers>>,
  architecture: Architecture,
): Record<number, string> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, numbers]) => {
      const number = numberOf(numbers, architecture);
      return number === null ? [] : [[number, name]];
    }),
  );
}

/** The number of a call on an architecture. */
export function numberOf(numbers: Numbers, architecture: Architecture): number | null {
  return numbers[architecture === 'x64' ? 0 : 1];
}
