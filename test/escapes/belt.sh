# The inside of the second belt, made by belt.ts in fresh user, mount, process, network, IPC and host name namespaces.
# $1: an empty directory; the rest: the command. Every directory of the system is seen through an overlay whose changes
# lie in memory and are found again below /.belt: whatever escapes changes nothing real, and can be listed.
set -e
if [ "$1" != mapped ]; then
  read -r _ # Until the parent has written the user map, this process is nobody, and a new program gets no rights.
  exec sh "$0" mapped "$@" </dev/null
fi
belt=$2
shift
shift
mount -t tmpfs -o size=2g,mode=755 belt "$belt"
mkdir "$belt/root" "$belt/upper" "$belt/work"
root=$belt/root
mount -t tmpfs -o size=16m,mode=755 root "$root"
for path in /* /.[!.]*; do
  if [ -L "$path" ]; then cp -P "$path" "$root$path"; continue; fi
  [ -d "$path" ] || continue
  mkdir "$root$path"
  case $path in /dev | /proc | /sys) continue ;; esac
  mkdir "$belt/upper$path" "$belt/work$path"
  # A directory with other file systems mounted below it is refused by the kernel, and stays empty here. Where this file lies in it, another belt is tried.
  if ! mount -t overlay -o "userxattr,lowerdir=$path,upperdir=$belt/upper$path,workdir=$belt/work$path" belt "$root$path" 2>/dev/null; then
    case $0 in "$path"/*) echo "other file systems are mounted below $path" >&2; exit 97 ;; esac
    rmdir "$belt/upper$path"
  fi
done
mount -t tmpfs -o mode=755,size=1m dev "$root/dev"
for name in null zero full random urandom tty; do
  : >"$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o size=64m,mode=1777 shm "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 pts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t proc proc "$root/proc"
# Control groups stay writable, since the sandbox under test makes its own below ours.
mount --rbind /sys "$root/sys"
mount -o remount,bind,ro "$root/sys"
mkdir "$root/.belt" "$root/.old"
mount --bind "$belt/upper" "$root/.belt"
ip link set lo up 2>/dev/null || :
cd "$root"
pivot_root . .old
umount -l /.old
rmdir /.old
cd /
"$@"
exit $?
