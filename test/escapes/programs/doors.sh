# tries: the doors of a shell: other programs, /dev/tcp, files of the machine, marks everywhere
# endings: exited
# prints: done
# limits: {"wallMs": 60000}
cat /etc/shadow /tmp/winnow-bait.txt /root/.ssh/id_winnow /home/winnow-bait.txt /proc/1/environ /proc/*/cmdline
env
for place in /tmp /usr /etc /var/tmp /root /home /dev/shm /run /srv; do echo x > "$place/winnow-owned"; done
(exec 3<> /dev/tcp/127.0.0.1/47001 && read -r line <&3 && [ -n "$line" ] && echo "escaped: connected, $line")
curl -m 1 http://127.0.0.1:47001 || wget -T 1 -t 1 -O - http://127.0.0.1:47001 || nc -w 1 127.0.0.1 47001
node -e 'console.log("node", process.pid)'; command -v node | grep -q node_modules && echo "escaped: node of the harness"
python3 -c 'import os; print(os.getuid())'
find / -name 'winnow-bait*' -exec echo escaped: found {} \; 2>/dev/null
find / -maxdepth 3 -perm -4000 2>/dev/null
echo x | xargs -I{} sh -c 'echo x > /usr/winnow-owned'
awk 'BEGIN { system("echo x > /usr/winnow-owned"); while ((getline line < "/tmp/winnow-bait.txt") > 0) print line }'
sed -n '1e cat /etc/shadow' /dev/null; sed 's/x/cat \/tmp\/winnow-bait.txt/e' <<< x
kill -9 -1
echo done
