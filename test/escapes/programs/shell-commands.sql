-- tries: the commands of SQLite's shell that start programs and open files
-- endings: any
.shell echo x > /usr/winnow-owned; cat /etc/shadow /tmp/winnow-bait.txt
.system cat /root/.ssh/id_winnow
.output /usr/winnow-owned
.once |sh -c 'echo x > /var/tmp/winnow-owned'
SELECT 'echo x > /usr/winnow-owned';
.import '|cat /etc/shadow' t
.log /usr/winnow-owned
.save /usr/winnow-owned
.load /usr/lib/x86_64-linux-gnu/libm.so.6
.open /etc/shadow
.read /etc/shadow
.cd /root
